//! What steers a run: actions against the plan, and the parts of a plan that belong to a run, which are what adapters
//! share, what updates keep and what is added to the loss.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{graph, lora, lora_on, manifest, model, node, param, scale, tensor, tensor_node, zeros};
use graftwork_plan::{
    Action, Attribute, Manifest, ParamId, Plan, RawGraph, RawGroup, RawNode, RawPlan, RawTensor, RawTrainable, Role,
};

const EMBEDDING: ParamId = ParamId(0);
const LINEAR: ParamId = ParamId(1);
const HEAD: ParamId = ParamId(2);

fn valid(raw: &RawPlan) -> Plan {
    Plan::validate(raw, &manifest()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// LoRA on the linear weight, with its factors in a group `fast`.
fn fast_lora() -> RawPlan {
    let mut raw = lora();
    raw.groups = vec![RawGroup { name: "fast".into(), learning_rate_scale: 2.0, weight_decay: None }];
    raw.adapters[0].tensors[1].group = Some("fast".into());
    raw
}

/// What an action is refused with.
fn refused(action: &Action, plan: &Plan) -> String {
    action.check(plan, &manifest()).expect_err("it should be refused")
}

fn rate(group: Option<&str>, factor: f64) -> Action {
    Action::ScaleLearningRate { group: group.map(str::to_owned), factor }
}

fn keep(param: ParamId, tensor: &str, rows: &[u32]) -> Action {
    Action::Keep { param, tensor: tensor.into(), rows: rows.into() }
}

#[test]
fn what_a_plan_has_can_be_steered() {
    let plan = valid(&fast_lora());
    let actions = [
        rate(None, 0.0),
        rate(None, 0.5),
        rate(Some("fast"), 2.0),
        rate(Some("default"), 1.0),
        Action::Freeze(LINEAR),
        Action::Unfreeze(LINEAR),
        keep(LINEAR, "lora_A", &[0, 3]),
        keep(LINEAR, "lora_B", &[31]),
        keep(LINEAR, "lora_A", &[]),
        Action::MergeAndRestart,
        Action::Checkpoint,
        Action::Stop("enough".into()),
    ];
    for action in actions {
        assert_eq!(action.check(&plan, &manifest()), Ok(()), "{action:?}");
    }
}

#[test]
fn rates_are_of_groups_that_there_are_and_factors_are_rates() {
    let plan = valid(&fast_lora());
    let [nan, infinite, negative] = [f64::NAN, f64::INFINITY, -0.5].map(|factor| refused(&rate(None, factor), &plan));
    assert_eq!(nan, "a learning rate times NaN; a factor is finite and not negative");
    assert_eq!(infinite, "a learning rate times inf; a factor is finite and not negative");
    assert_eq!(negative, "a learning rate times -0.5; a factor is finite and not negative");
    assert_eq!(refused(&rate(Some("slow"), 1.0), &plan), "there is no optimizer group `slow`");
    assert_eq!(refused(&rate(Some("\u{1b}[31m"), 1.0), &plan), "there is no optimizer group `\\u{1b}[31m`");
}

#[test]
fn only_what_trains_is_frozen_and_unfrozen() {
    let plan = valid(&lora());
    for action in [Action::Freeze, Action::Unfreeze] {
        assert_eq!(refused(&action(ParamId(9)), &plan), "there is no parameter 9; the model has 3");
        assert_eq!(
            refused(&action(EMBEDDING), &plan),
            "`embed.weight` does not train in this plan, so it can neither be frozen nor unfrozen"
        );
        assert!(refused(&action(HEAD), &plan).contains("`head.weight` does not train"));
    }
    let mut in_place = lora();
    in_place.trainable.push(RawTrainable { param: 0, group: None });
    assert_eq!(Action::Freeze(EMBEDDING).check(&valid(&in_place), &manifest()), Ok(()));
    // An adapter trains nothing of its own where all of its tensors are constants.
    in_place.adapters[0].tensors.iter_mut().for_each(|t| t.trainable = false);
    assert!(refused(&Action::Freeze(LINEAR), &valid(&in_place)).contains("`q.weight` does not train"));
}

#[test]
fn rows_are_kept_of_tensors_that_have_them() {
    let plan = valid(&lora());
    let cases = [
        (keep(ParamId(9), "lora_A", &[0]), "there is no parameter 9; the model has 3"),
        (keep(EMBEDDING, "lora_A", &[0]), "`embed.weight` has no adapter whose rows could be kept"),
        (keep(LINEAR, "lora_C", &[0]), "the adapter of `q.weight` has no tensor `lora_C`"),
        (keep(LINEAR, "\u{7}", &[0]), "the adapter of `q.weight` has no tensor `\\u{7}`"),
        (keep(LINEAR, "lora_A", &[0, 4]), "row 4 of `lora_A` of `q.weight` is not there; it has 4"),
        (keep(LINEAR, "lora_B", &[32]), "row 32 of `lora_B` of `q.weight` is not there; it has 32"),
        (keep(LINEAR, "lora_A", &[u32::MAX]), "row 4294967295 of `lora_A` of `q.weight` is not there; it has 4"),
        (keep(LINEAR, "lora_A", &[3, 0, 3]), "row 3 of `lora_A` of `q.weight` is to be kept twice; name it once"),
    ];
    for (action, sentence) in cases {
        assert_eq!(refused(&action, &plan), sentence);
    }
}

/// A vector is held as one row and has its entries for rows; of more axes, the leading ones are folded.
#[test]
fn tensors_of_any_number_of_axes_have_rows() {
    for (dims, rows) in [(&[5u32][..], 5), (&[1, 5], 1), (&[2, 3, 5], 6), (&[2, 3, 4, 5], 24)] {
        let mut raw = lora();
        raw.adapters[0].tensors.push(tensor("more", dims));
        let (weight, more) = (raw.adapters[0].effective.root, raw.adapters[0].effective.nodes.len() as u32);
        let mut nodes = vec![tensor_node(2)];
        nodes.extend((0..dims.len()).map(|axis| sum(axis as i64, more + axis as u32)));
        let one = node("reshape", &[more + dims.len() as u32], &[("shape", Attribute::Integers(vec![1, 1]))]);
        nodes.extend([one, op("add", &[weight, more + dims.len() as u32 + 1])]);
        raw.adapters[0].effective.nodes.extend(nodes);
        raw.adapters[0].effective.root = more + dims.len() as u32 + 2;
        let plan = valid(&raw);
        assert_eq!(keep(LINEAR, "more", &[rows - 1]).check(&plan, &manifest()), Ok(()), "{dims:?}");
        let sentence = format!("row {rows} of `more` of `q.weight` is not there; it has {rows}");
        assert_eq!(refused(&keep(LINEAR, "more", &[rows]), &plan), sentence, "{dims:?}");
    }
}

#[test]
fn what_has_no_adapter_is_not_merged() {
    let trainable = vec![RawTrainable { param: 0, group: None }];
    let plan = valid(&RawPlan { trainable, ..RawPlan::default() });
    assert_eq!(refused(&Action::MergeAndRestart, &plan), "there is no adapter to fold into the base");
    assert_eq!(Action::Checkpoint.check(&plan, &manifest()), Ok(()));
    assert_eq!(Action::Stop(String::new()).check(&plan, &manifest()), Ok(()));
}

fn op(name: &str, inputs: &[u32]) -> RawNode {
    node(name, inputs, &[])
}

fn shared(name: &str) -> RawNode {
    node("shared", &[], &[("name", Attribute::Text(name.into()))])
}

fn gradient(index: i64) -> RawNode {
    node("gradient", &[], &[("index", Attribute::Integer(index))])
}

fn sum(axis: i64, input: u32) -> RawNode {
    node("sum", &[input], &[("axis", Attribute::Integer(axis))])
}

/// A tensor that does not train, `[4, 16]`, and what it becomes after each update.
fn scores(update: RawGraph) -> RawTensor {
    RawTensor { trainable: false, update: Some(update), ..tensor("scores", &[4, 16]) }
}

/// 0.9 · scores + |A ⊙ gradient of A|
fn sensitivity() -> RawGraph {
    graph(vec![
        tensor_node(2),
        scale(0.9, 0),
        tensor_node(0),
        gradient(0),
        op("mul", &[2, 3]),
        op("abs", &[4]),
        op("add", &[1, 5]),
    ])
}

/// Σ A²
fn square() -> RawGraph {
    graph(vec![tensor_node(0), op("mul", &[0, 0]), sum(0, 1), sum(1, 2)])
}

/// LoRA whose first factor is times what the whole model shares, with scores and a penalty.
fn whole() -> RawPlan {
    let mut raw = lora();
    raw.shared = vec![RawTensor { trainable: false, ..tensor("factors", &[1, 16]) }];
    let adapter = &mut raw.adapters[0];
    adapter.effective = graph(vec![
        op("base", &[]),
        tensor_node(1),
        tensor_node(0),
        shared("factors"),
        op("mul", &[2, 3]),
        op("matmul", &[1, 4]),
        op("add", &[0, 5]),
    ]);
    adapter.tensors.push(scores(sensitivity()));
    adapter.penalty = Some(square());
    raw
}

/// What validation says of that plan after a change.
fn after(change: impl FnOnce(&mut RawPlan)) -> String {
    let mut raw = whole();
    change(&mut raw);
    Plan::validate(&raw, &manifest()).expect_err("it should be refused").to_string()
}

fn says(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is not in: {text}");
}

#[test]
fn a_plan_with_all_that_belongs_to_a_run_comes_back_the_same() {
    let plan = valid(&whole());
    assert_eq!(plan.to_raw(), whole());
    let adapter = plan.adapter(LINEAR).expect("the adapter");
    let parts: Vec<_> = adapter.parts().map(|t| t.name.as_str()).collect();
    assert_eq!(parts, ["lora_A", "lora_B"], "scores are state of the run and no part of the result");
    assert!(adapter.shared().contains("factors"));
    // What is shared counts once, and what is kept not at all.
    assert_eq!(plan.summary(&manifest()).adapter_parameters, 4 * 16 + 32 * 4 + 16);
    assert_eq!(keep(LINEAR, "scores", &[3]).check(&plan, &manifest()), Ok(()));
}

#[test]
fn what_is_shared_is_used_and_over_nothing() {
    let unused = after(|p| p.shared.push(tensor("spare", &[2])));
    says(&unused, "shared[1]: no adapter's `effective` uses `spare`");
    let in_penalty_alone = after(|p| {
        p.shared.push(tensor("spare", &[1, 1]));
        p.adapters[0].penalty = Some(graph(vec![shared("spare")]));
    });
    says(&in_penalty_alone, "shared[1]: no adapter's `effective` uses `spare`");
    let unknown = after(|p| p.adapters[0].effective.nodes[3] = shared("factor"));
    says(&unknown, "effective.nodes[3]: there is no shared tensor `factor`");
    for (over, name) in [(op("base", &[]), "base"), (tensor_node(0), "tensor"), (shared("factors"), "shared")] {
        let text = after(|p| p.shared[0].init = graph(vec![over]));
        let sentence = format!("`{name}` cannot stand here: the initial value of a shared tensor is over nothing");
        says(&text, &format!("shared[0].init.nodes[0]: {sentence}"));
    }
    let shape = after(|p| p.shared[0].init = zeros(&[16, 1]));
    says(&shape, "shared[0].init: has shape [16, 1], but `factors` has [1, 16]");
    let twice = after(|p| p.shared.push(p.shared[0].clone()));
    says(&twice, "shared[1]: there are two tensors called `factors`");
    let kept = after(|p| p.shared[0].update = Some(zeros(&[1, 16])));
    says(&kept, "shared[0]: a shared tensor has no `update`; an adapter's has");
    let group = after(|p| p.shared[0].group = Some("none".into()));
    says(&group, "shared[0]: there is no group `none`");
}

#[test]
fn updates_are_of_what_does_not_train_and_keep_its_shape() {
    let trains = after(|p| p.adapters[0].tensors[2].trainable = true);
    says(&trains, "tensors[2]: `scores` trains, and would have an `update` too");
    let shape = after(|p| p.adapters[0].tensors[2].update = Some(graph(vec![gradient(1)])));
    says(&shape, "tensors[2].update: has shape [32, 4], but `scores` has [4, 16]");
    let unknown = after(|p| p.adapters[0].tensors[2].update = Some(graph(vec![gradient(3)])));
    says(&unknown, "tensors[2].update.nodes[0]: there is no tensor 3; the adapter has 3");
    let neither = after(|p| p.adapters[0].tensors[2].update = None);
    says(&neither, "adapters[0].tensors[2]: `scores` is used neither by `effective` nor has it an `update`");
    let drawn = node("normal", &[], &[("std", Attribute::Float(1.0)), ("shape", Attribute::Integers(vec![4, 16]))]);
    let random = after(|p| p.adapters[0].tensors[2].update = Some(graph(vec![drawn])));
    says(&random, "`normal` cannot stand here: random draws belong to initial values and compositions");
}

#[test]
fn gradients_are_for_updates_alone() {
    let sentence = "`gradient` cannot stand here: `gradient` belongs to updates";
    type Change = fn(&mut RawPlan, RawGraph);
    let places: [(&str, Change); 5] = [
        ("shared[0].init", |p, g| p.shared[0].init = g),
        ("tensors[0].init", |p, g| p.adapters[0].tensors[0].init = g),
        ("(q.weight).base", |p, g| p.adapters[0].base = Some(g)),
        ("(q.weight).effective", |p, g| p.adapters[0].effective = g),
        ("(q.weight).penalty", |p, g| p.adapters[0].penalty = Some(g)),
    ];
    for (place, change) in places {
        let text = after(|p| change(p, graph(vec![gradient(0)])));
        says(&text, &format!("{place}.nodes[0]: {sentence}"));
    }
}

#[test]
fn a_penalty_is_one_number() {
    let matrix = after(|p| p.adapters[0].penalty = Some(graph(vec![tensor_node(0)])));
    says(&matrix, "adapters[0] (q.weight).penalty: has shape [4, 16], but it must be one number");
    let row = after(|p| p.adapters[0].penalty = Some(graph(vec![tensor_node(0), sum(0, 0)])));
    says(&row, "penalty: has shape [1, 16], but it must be one number");
    let dropout = node("dropout", &[0], &[("p", Attribute::Float(0.5))]);
    let dropped = after(|p| p.adapters[0].penalty = Some(graph(vec![tensor_node(0), dropout, sum(0, 1), sum(1, 2)])));
    says(&dropped, "penalty.nodes[1]: `dropout` cannot stand here: it belongs to `effective`");
    // One number may have any number of axes, and may be over the weight and what is shared.
    let over_all = graph(vec![op("base", &[]), shared("factors"), op("mul", &[0, 1]), sum(0, 2), sum(1, 3)]);
    let mut raw = whole();
    raw.adapters[0].penalty = Some(over_all);
    valid(&raw);
}

/// A model whose module `q` has a parameter called as a tensor of LoRA is in a file.
fn clashing() -> Manifest {
    let params = vec![
        param("q.weight", &[32, 16], Role::Linear, None),
        param("q.bias", &[32], Role::Bias, None),
        param("q.lora_A", &[8], Role::Other, None),
    ];
    model(params)
}

#[test]
fn what_is_saved_has_names_of_its_own() {
    let said = |raw: &RawPlan| match Plan::validate(raw, &clashing()) {
        Ok(_) => "valid".to_owned(),
        Err(problems) => problems.to_string(),
    };
    let trains = |param| RawTrainable { param, group: None };
    let mut raw = RawPlan { adapters: vec![lora_on(0, [32, 16], 4)], ..RawPlan::default() };
    assert_eq!(said(&raw), "valid");
    raw.trainable = vec![trains(1)];
    assert_eq!(said(&raw), "valid");
    raw.trainable = vec![trains(2)];
    says(&said(&raw), "plan: two tensors would be saved as `q.lora_A`");

    // A shared tensor has no module before its name, and may have one in it.
    let mut raw = whole();
    raw.shared[0].name = "q.lora_A".into();
    raw.adapters[0].effective.nodes[3] = shared("q.lora_A");
    let text = Plan::validate(&raw, &manifest()).expect_err("two of one name").to_string();
    says(&text, "plan: two tensors would be saved as `q.lora_A`");
    // `q.weight` and `q.bias` are of one module, and so are the tensors of their adapters.
    let mut raw = RawPlan { adapters: vec![lora_on(0, [32, 16], 4)], ..RawPlan::default() };
    let mut bias = lora_on(1, [32, 16], 4);
    bias.tensors = vec![tensor("lora_A", &[32])];
    bias.effective = graph(vec![op("base", &[]), tensor_node(0), op("add", &[0, 1])]);
    raw.adapters.push(bias);
    says(&said(&raw), "plan: two tensors would be saved as `q.lora_A`");
}
