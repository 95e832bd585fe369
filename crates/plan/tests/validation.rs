//! Plans that say anything: every problem is found, named and placed, and nothing panics.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{lora, lora_on, manifest, node, scale, shape, tensor, tensor_node, zeros};
use graftwork_plan::{
    Attribute, Context, Graph, MAX_GRAPH_INPUTS, MAX_GRAPH_NODES, MAX_TENSORS_PER_ADAPTER, Plan, RawAdapter, RawGraph,
    RawGroup, RawNode, RawPlan, RawTensor, RawTrainable, Readings, vocabulary,
};
use proptest::prelude::*;

/// What validation says of the LoRA plan after a change.
fn after(change: impl FnOnce(&mut RawPlan)) -> String {
    let mut raw = lora();
    change(&mut raw);
    Plan::validate(&raw, &manifest()).expect_err("it should be refused").to_string()
}

/// What it says of the effective weight with another first operand of the sum.
fn with_node(changed: RawNode) -> String {
    after(|raw| raw.adapters[0].effective.nodes[4] = changed)
}

#[test]
fn a_valid_plan_counts_prints_and_comes_back_the_same() {
    let plan = Plan::validate(&lora(), &manifest()).expect("valid");
    let summary = plan.summary(&manifest());
    assert_eq!((summary.total_parameters, summary.trainable_parameters), (1600 + 512, 4 * (32 + 16)));
    assert!((summary.trainable_percent - 100.0 * 192.0 / 2304.0).abs() < 1e-12);
    assert_eq!(plan.adapters()[0].effective.formula(&["A", "B"]), "base + 2·(B @ A)");
    assert_eq!(plan.to_raw(), lora());
}

#[test]
fn expressions_are_checked_node_by_node() {
    let cases = [
        (node("teleport", &[3], &[]), "nodes[4]: no op is called `teleport`; there are: base, tensor"),
        (node("neg", &[5], &[]), "`neg` takes node 5, which does not come before it"),
        (node("neg", &[4], &[]), "`neg` takes node 4, which does not come before it"),
        (node("neg", &[u32::MAX], &[]), "`neg` takes node 4294967295, which does not come before it"),
        (node("add", &[3], &[]), "`add` takes 2 inputs, not 1"),
        (node("base", &[3], &[]), "`base` takes 0 inputs, not 1"),
        (node("concat", &[], &[("axis", Attribute::Integer(0))]), "`concat` takes one or more inputs, not 0"),
        (node("scale", &[3], &[]), "`scale` needs the attribute `factor`"),
        (
            node("scale", &[3], &[("factor", Attribute::Float(f64::NAN))]),
            "`factor` of `scale` is NaN; it must be finite",
        ),
        (node("scale", &[3], &[("factor", Attribute::Text("2".into()))]), "must be a number, not text"),
        (node("neg", &[3], &[("factor", Attribute::Float(1.0))]), "`neg` has no attribute `factor`"),
        (node("dropout", &[3], &[("p", Attribute::Float(1.0))]), "less than 1"),
        (node("matmul", &[3, 3], &[]), "cannot multiply [32, 16] by [32, 16]: inner sizes 16 and 32 differ"),
        (node("transpose", &[3], &[]), "cannot broadcast [32, 16] with [16, 32]"),
        (node("sum", &[3], &[("axis", Attribute::Integer(2))]), "cannot take axis 2 of [32, 16]"),
        (node("reshape", &[3], &[("shape", Attribute::Integers(vec![3, 3]))]), "512 elements are not 9"),
        (node("reshape", &[3], &[("shape", Attribute::Integers(vec![0, 3]))]), "axis 0 of [0, 3] has size 0"),
        (node("identity", &[], &[("size", Attribute::Integer(1 << 40))]), "more than"),
        (node("kron", &[3, 3], &[]), "cannot broadcast [32, 16] with [1024, 256]"),
        (tensor_node(2), "there is no tensor 2; the adapter has 2"),
        (node("delta", &[], &[("index", Attribute::Integer(0))]), "`delta` cannot stand here"),
        (node("normal", &[], &[]), "`normal` needs the attribute `std`"),
        (node("svd_u", &[3], &[("rank", Attribute::Integer(1))]), "`svd_u` cannot stand here"),
        (node("\u{1b}[31m", &[3], &[]), "no op is called `\\u{1b}[31m`"),
    ];
    for (changed, part) in cases {
        let text = with_node(changed);
        assert!(text.contains(part) && text.contains("adapters[0] (q.weight).effective"), "`{part}` is not in: {text}");
    }
    let text = after(|raw| raw.adapters[0].effective.root = 9);
    assert!(text.contains("root is node 9, but there are 6 nodes"), "{text}");
    let text = after(|raw| raw.adapters[0].effective.root = 2);
    assert!(text.contains("has shape [4, 16], but the weight has [32, 16]"), "{text}");
    let text = after(|raw| raw.adapters[0].effective.nodes = vec![node("base", &[], &[]); MAX_GRAPH_NODES + 1]);
    assert!(text.contains("effective: has 4097 nodes; at most 4096 are allowed"), "{text}");
    let wide = node("concat", &vec![0; MAX_GRAPH_INPUTS], &[("axis", Attribute::Integer(0))]);
    let text = after(|raw| raw.adapters[0].effective.nodes.push(wide.clone()));
    assert!(text.contains("effective: has 16389 operands; at most 16384 are allowed"), "{text}");
    let mut most = lora();
    most.adapters[0].effective.nodes.resize(MAX_GRAPH_NODES, node("base", &[], &[]));
    assert!(Plan::validate(&most, &manifest()).is_ok(), "just as many as are allowed");
}

#[test]
fn the_rest_of_a_plan_is_checked_too() {
    let trains = |param| RawTrainable { param, group: None };
    let group = |name: &str, scale| RawGroup { name: name.into(), learning_rate_scale: scale, weight_decay: None };
    type Change = Box<dyn FnOnce(&mut RawPlan)>;
    let cases: Vec<(Change, &str)> = vec![
        (Box::new(move |p| p.trainable.push(trains(9))), "trainable[0]: there is no parameter 9; the model has 3"),
        (
            Box::new(move |p| p.trainable.push(trains(2))),
            "`head.weight` is tied to `embed.weight`; name that one instead",
        ),
        (Box::new(move |p| p.trainable.push(trains(1))), "`q.weight` is claimed twice, first by trainable[0]"),
        (Box::new(|p| p.adapters[0].target = 7), "adapters[0]: there is no parameter 7"),
        (Box::new(|p| p.adapters[0].kind = String::new()), "kind `` must be 1 to 64 letters"),
        (Box::new(|p| p.adapters[0].tensors[1].name = "lora_A".into()), "two tensors called `lora_A`"),
        (Box::new(|p| p.adapters[0].tensors[1].name = "a/../b".into()), "name `a/../b` must be"),
        (Box::new(|p| p.adapters[0].tensors[1].name = String::new()), "tensors[1]: name `` must be 1 to 128 letters"),
        (Box::new(|p| p.adapters[0].tensors[1].name = "a\u{1b}[2J\n".into()), "name `a\\u{1b}[2J\\n` must be"),
        (Box::new(|p| p.adapters[0].kind = "naïve".into()), "kind `naïve` must be"),
        (Box::new(|p| p.adapters[0].kind = "k".repeat(65)), "must be 1 to 64 letters"),
        (Box::new(|p| p.adapters[0].tensors[0].group = Some("é\u{7}".repeat(1 << 20))), "é\\u{7}é\\u{7}…`"),
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![]), "shape: a tensor has 1 to 4 axes, not 0"),
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![1; 5]), "shape: a tensor has 1 to 4 axes, not 5"),
        (Box::new(|p| p.adapters[0].tensors[0].init.nodes[0] = tensor_node(1)), "init.nodes[0]: `tensor` cannot stand"),
        (Box::new(|p| p.adapters[0].tensors[0].init.nodes.clear()), "root is node 0, but there are 0 nodes"),
        (
            Box::new(|p| p.adapters[0].tensors = vec![tensor("t", &[1]); MAX_TENSORS_PER_ADAPTER + 1]),
            "adapters[0] (q.weight): has 65 tensors; at most 64 are allowed",
        ),
        (
            Box::new(|p| p.adapters.push(lora_on(1, [32, 16], 2))),
            "adapters[1]: `q.weight` is claimed twice, first by adapters[0]",
        ),
        (
            Box::new(|p| p.adapters.push(lora_on(2, [100, 16], 2))),
            "adapters[1]: `head.weight` is tied to `embed.weight`; name that one instead",
        ),
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![32, 0]), "axis 1 of [32, 0] has size 0"),
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![u32::MAX; 4]), "more than"),
        (Box::new(|p| p.adapters[0].tensors[0].init = zeros(&[4, 8])), "has shape [4, 8], but `lora_A` has [4, 16]"),
        (
            Box::new(|p| p.adapters[0].tensors.push(tensor("spare", &[2, 2]))),
            "`spare` is used neither by `effective` nor has it an `update`",
        ),
        (Box::new(|p| p.adapters[0].tensors[0].group = Some("fast".into())), "there is no group `fast`"),
        (Box::new(move |p| p.groups = vec![group("g", 1.0), group("g", 1.0)]), "two groups called `g`"),
        (Box::new(move |p| p.groups = vec![group("g", f64::NAN)]), "learning-rate-scale is NaN"),
        (Box::new(move |p| p.groups = vec![group("g", -1.0)]), "learning-rate-scale is -1"),
        (Box::new(|p| p.adapters[0].base = Some(zeros(&[16, 32]))), "has shape [16, 32], but the weight has [32, 16]"),
        (Box::new(|p| p.adapters[0].tensors.iter_mut().for_each(|t| t.trainable = false)), "nothing trains"),
        (Box::new(|p| *p = RawPlan::default()), "nothing trains"),
    ];
    for (change, part) in cases {
        let text = after(change);
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = after(|raw| {
        raw.trainable.push(RawTrainable { param: 9, group: Some("none".into()) });
        raw.adapters[0].effective.nodes[4] = node("teleport", &[3], &[]);
        raw.adapters[0].tensors[0].init = zeros(&[4, 8]);
        raw.groups.push(RawGroup { name: "x y".into(), learning_rate_scale: f64::INFINITY, weight_decay: Some(-1.0) });
    });
    for part in
        ["no group `none`", "no parameter 9", "teleport", "[4, 8]", "`x y`", "scale is inf", "weight-decay is -1"]
    {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert!(text.starts_with("the plan has 7 problems"), "{text}");
}

#[test]
fn what_depends_on_a_mistake_is_not_reported_again() {
    let text = after(|raw| raw.adapters[0].effective.nodes[1] = node("teleport", &[], &[]));
    assert!(text.starts_with("the plan has 1 problem\n"), "{text}");
    let text = after(|raw| raw.adapters[0].tensors[1].shape = vec![0]);
    assert!(text.starts_with("the plan has 1 problem\n"), "{text}");
}

#[test]
fn a_long_list_of_problems_is_counted() {
    let text = after(|raw| raw.trainable = (3..1000).map(|param| RawTrainable { param, group: None }).collect());
    assert!(text.starts_with("the plan has 997 problems\n"), "{text}");
    assert!(text.ends_with("\n  and 977 more") && text.lines().count() == 22, "{text}");
}

const CONTEXTS: [Context; 7] = [
    Context::Shared,
    Context::Init,
    Context::Base,
    Context::Effective,
    Context::Penalty,
    Context::Update,
    Context::Compose,
];

fn attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        any::<i64>().prop_map(Attribute::Integer),
        (-4i64..4).prop_map(Attribute::Integer),
        any::<f64>().prop_map(Attribute::Float),
        ".{0,4}".prop_map(Attribute::Text),
        prop::collection::vec(prop_oneof![any::<i64>(), 0i64..40], 0..6).prop_map(Attribute::Integers),
    ]
}

fn any_node() -> impl Strategy<Value = RawNode> {
    let op = prop_oneof![9 => prop::sample::select(vocabulary()).prop_map(str::to_owned), 1 => ".{0,8}"];
    let names = [
        "index", "value", "shape", "size", "factor", "axis", "start", "length", "p", "std", "bound", "rank", "density",
        "name",
    ];
    let attributes =
        prop::collection::vec((prop::sample::select(names.to_vec()).prop_map(str::to_owned), attribute()), 0..3);
    let input = prop_oneof![8 => 0u32..6, 1 => any::<u32>()];
    (op, prop::collection::vec(input, 0..4), attributes).prop_map(|(op, inputs, attributes)| RawNode {
        op,
        inputs,
        attributes,
    })
}

fn any_graph() -> impl Strategy<Value = RawGraph> {
    (prop::collection::vec(any_node(), 0..6), 0u32..7).prop_map(|(nodes, root)| RawGraph { nodes, root })
}

/// What is right half of the time, so that the rest of the plan is reached.
fn often<T: Clone + std::fmt::Debug + 'static>(
    right: T,
    any: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![Just(right), any]
}

fn any_tensor() -> impl Strategy<Value = RawTensor> {
    let dims = often(vec![4, 16], prop::collection::vec(any::<u32>(), 0..6));
    let group = often(None, prop::option::of(".{0,3}"));
    let init = often(zeros(&[4, 16]), any_graph());
    let update = prop::option::weighted(0.2, any_graph());
    let tensor = (often("a".to_owned(), ".{0,140}"), dims, any::<bool>(), group, init, update);
    tensor.prop_map(|(name, shape, trainable, group, init, update)| RawTensor {
        name,
        shape,
        trainable,
        group,
        init,
        update,
    })
}

fn any_plan() -> impl Strategy<Value = RawPlan> {
    let trainable = (often(0, any::<u32>()), often(None, prop::option::of(".{0,3}")));
    let trainable = trainable.prop_map(|(param, group)| RawTrainable { param, group });
    let effective = often(common::graph(vec![node("base", &[], &[]), scale(0.5, 0)]), any_graph());
    let tensors = prop::collection::vec(any_tensor(), 0..3);
    let (base, penalty) = (prop::option::of(any_graph()), prop::option::of(any_graph()));
    let adapter = (often(1, any::<u32>()), ".{0,3}", tensors, base, effective, penalty);
    let adapter = adapter.prop_map(|(target, kind, tensors, base, effective, penalty)| RawAdapter {
        target,
        kind,
        tensors,
        base,
        effective,
        penalty,
    });
    let group = (".{0,3}", any::<f64>(), prop::option::of(any::<f64>()));
    let group = group.prop_map(|(name, learning_rate_scale, weight_decay)| RawGroup {
        name,
        learning_rate_scale,
        weight_decay,
    });
    (
        prop::collection::vec(trainable, 0..2),
        prop::collection::vec(any_tensor(), 0..2),
        prop::collection::vec(adapter, 0..2),
        prop::collection::vec(group, 0..2),
        prop::collection::vec((".{0,3}", ".{0,3}"), 0..2),
    )
        .prop_map(|(trainable, shared, adapters, groups, metadata)| RawPlan {
            trainable,
            shared,
            adapters,
            groups,
            metadata,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a plugin says is either refused or has shapes that fit, a formula, readings and the same raw form.
    #[test]
    fn anything_may_be_said(nodes in prop::collection::vec(any_node(), 0..8), root in 0u32..9, tokens: u64) {
        let raw = RawGraph { nodes, root };
        let tensors = [shape(&[4, 16]), shape(&[32, 4]), shape(&[16])];
        for context in CONTEXTS {
            if let Ok(graph) = Graph::check(&raw, context, &shape(&[32, 16]), &tensors, 2) {
                let _ = graph.formula(&["a", "b"]);
                let readings = Readings::new(&graph, tokens);
                let _ = readings.cost(graph.root()).total(tokens);
                prop_assert!(graph.nodes().iter().all(|n| n.shape.elements() > 0));
                let again = Graph::check(&graph.to_raw(), context, &shape(&[32, 16]), &tensors, 2);
                prop_assert_eq!(again, Ok(graph));
            }
        }
    }

    /// A whole plan of anything is either refused, with problems that each stand on one line, or comes back the same.
    #[test]
    fn any_plan_is_judged(raw in any_plan()) {
        match Plan::validate(&raw, &manifest()) {
            Ok(plan) => {
                let again = Plan::validate(&plan.to_raw(), &manifest());
                prop_assert_eq!(again.as_ref().map(Plan::hash), Ok(plan.hash()));
                prop_assert_eq!(again, Ok(plan));
            }
            Err(problems) => {
                prop_assert!(!problems.0.is_empty());
                prop_assert!(problems.0.iter().all(|p| !p.to_string().contains(char::is_control)), "{}", problems);
            }
        }
    }
}
