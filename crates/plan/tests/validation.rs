//! Plans that say anything: every problem is found, named and placed, and nothing panics.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use graftwork_plan::{
    Attribute, Context, Dtype, Graph, LowRank, Manifest, Op, Param, ParamId, Plan, RawAdapter, RawGraph, RawGroup,
    RawNode, RawPlan, RawTensor, RawTrainable, Readings, Role, Shape, vocabulary,
};
use proptest::prelude::*;

fn shape(dims: &[u64]) -> Shape {
    Shape::new(dims).expect("a shape")
}

fn manifest() -> Manifest {
    let param = |name: &str, dims: &[u64], role, tied_to| Param {
        name: name.into(),
        shape: shape(dims),
        dtype: Dtype::F32,
        role,
        layer: None,
        tied_to,
    };
    let params = vec![
        param("embed.weight", &[100, 16], Role::Embedding, None),
        param("q.weight", &[32, 16], Role::Linear, None),
        param("head.weight", &[100, 16], Role::Head, Some(ParamId(0))),
    ];
    Manifest { architecture: "test".into(), config: serde_json::Value::Null, params }
}

fn node(op: &str, inputs: &[u32], attributes: &[(&str, Attribute)]) -> RawNode {
    let attributes = attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    RawNode { op: op.into(), inputs: inputs.into(), attributes }
}

fn index(i: i64) -> (&'static str, Attribute) {
    ("index", Attribute::Integer(i))
}

fn zeros(dims: &[i64]) -> RawGraph {
    let attributes = [("value", Attribute::Float(0.0)), ("shape", Attribute::Integers(dims.into()))];
    RawGraph { nodes: vec![node("constant", &[], &attributes)], root: 0 }
}

fn tensor(name: &str, dims: [u32; 2]) -> RawTensor {
    let init = zeros(&dims.map(i64::from));
    RawTensor { name: name.into(), shape: dims.into(), trainable: true, group: None, init }
}

/// LoRA of rank 4 on the linear weight.
fn lora() -> RawPlan {
    let nodes = vec![
        node("base", &[], &[]),
        node("tensor", &[], &[index(1)]),
        node("tensor", &[], &[index(0)]),
        node("matmul", &[1, 2], &[]),
        node("scale", &[3], &[("factor", Attribute::Float(2.0))]),
        node("add", &[0, 4], &[]),
    ];
    let tensors = vec![tensor("lora_A", [4, 16]), tensor("lora_B", [32, 4])];
    let effective = RawGraph { nodes, root: 5 };
    let adapter = RawAdapter { target: 1, kind: "lora".into(), tensors, base: None, effective };
    RawPlan { adapters: vec![adapter], ..RawPlan::default() }
}

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
    let again = Plan::validate(&plan.to_raw(), &manifest()).expect("valid");
    assert_eq!((again.hash(), again), (plan.hash(), plan.clone()));
    let json = serde_json::to_string(&plan.to_raw()).expect("JSON");
    assert_eq!(serde_json::from_str::<RawPlan>(&json).expect("JSON"), lora());
    let form = LowRank::of(&plan.adapters()[0]).expect("PEFT's form");
    assert_eq!((form.a, form.b, form.rank, form.scale, form.transposed), (0, 1, 4, 2.0, false));
}

#[test]
fn look_alikes_are_not_low_rank() {
    let form = |change: &dyn Fn(&mut RawAdapter)| {
        let mut raw = lora();
        change(&mut raw.adapters[0]);
        LowRank::of(&Plan::validate(&raw, &manifest()).expect("valid").adapters()[0])
    };
    let base = RawGraph { nodes: vec![node("base", &[], &[])], root: 0 };
    assert_eq!(form(&|a| a.base = Some(base.clone())), None);
    assert_eq!(form(&|a| a.effective.nodes[5].op = "sub".into()), None);
    assert_eq!(form(&|a| a.effective.nodes[5].inputs = vec![4, 4]), None);
    assert!(form(&|a| a.effective.nodes[5].inputs = vec![4, 0]).is_some(), "a sum has no order");
}

#[test]
fn expressions_are_checked_node_by_node() {
    let cases = [
        (node("teleport", &[3], &[]), "nodes[4]: no op is called `teleport`; there are: base, tensor"),
        (node("neg", &[5], &[]), "`neg` takes node 5, which does not come before it"),
        (node("neg", &[4], &[]), "`neg` takes node 4, which does not come before it"),
        (node("add", &[3], &[]), "`add` takes 2 inputs, not 1"),
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
        (node("tensor", &[], &[index(2)]), "there is no tensor 2; the adapter has 2"),
        (node("delta", &[], &[index(0)]), "`delta` cannot stand here"),
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
    let text = after(|raw| raw.adapters[0].effective.nodes = vec![node("base", &[], &[]); 5000]);
    assert!(text.contains("5000 nodes; at most 4096"), "{text}");
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
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![32, 0]), "axis 1 of [32, 0] has size 0"),
        (Box::new(|p| p.adapters[0].tensors[1].shape = vec![u32::MAX; 4]), "more than"),
        (Box::new(|p| p.adapters[0].tensors[0].init = zeros(&[4, 8])), "has shape [4, 8], but `lora_A` has [4, 16]"),
        (Box::new(|p| p.adapters[0].tensors.push(tensor("spare", [2, 2]))), "`spare` is not used by `effective`"),
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
fn sharing_cannot_blow_up_the_work() {
    let mut nodes = vec![node("base", &[], &[])];
    nodes.extend((0..4000).map(|i| node("add", &[i, i], &[])));
    let root = nodes.len() as u32 - 1;
    let started = std::time::Instant::now();
    let graph = Graph::check(&RawGraph { nodes, root }, Context::Effective, &shape(&[32, 16]), &[], 0).expect("valid");
    let readings = Readings::new(&graph, 1024);
    let built = 4000 * 512 + 1024 * 2 * 512;
    assert!(readings.cost(graph.root()).total(1024) <= built, "{:?}", readings.cost(graph.root()));
    assert!(graph.formula(&[]).len() < 500);
    assert!(started.elapsed().as_secs() < 10);
}

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a plugin says is either refused or has shapes that fit, a formula, readings and the same raw form.
    #[test]
    fn anything_may_be_said(nodes in prop::collection::vec(any_node(), 0..8), root in 0u32..9, tokens: u64) {
        let raw = RawGraph { nodes, root };
        let tensors = [shape(&[4, 16]), shape(&[32, 4]), shape(&[16])];
        for context in [Context::Init, Context::Base, Context::Effective, Context::Compose] {
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

    /// An op that parses goes to its wire form and back.
    #[test]
    fn ops_go_there_and_back(node in any_node()) {
        if let Ok(op) = Op::parse(&node) {
            let again = Op::parse(&op.to_raw(node.inputs.clone()));
            prop_assert_eq!(again, Ok(op));
        }
    }
}
