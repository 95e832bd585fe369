//! What follows from a plan by counting: parameters, percentages, kinds, and the plan's identity.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{lora_on, manifest, model, param};
use graftwork_plan::{Manifest, ParamId, Plan, RawAdapter, RawGroup, RawPlan, RawTrainable, Role};
use proptest::prelude::*;

const HIDDEN: u32 = 64;
const KV: u32 = 16;
const INTERMEDIATE: u32 = 172;
const VOCABULARY: u32 = 1000;
const LAYERS: u32 = 3;

/// The seven linear layers of a decoder layer, `[out, in]`.
const LINEAR: [(&str, [u32; 2]); 7] = [
    ("self_attn.q_proj", [HIDDEN, HIDDEN]),
    ("self_attn.k_proj", [KV, HIDDEN]),
    ("self_attn.v_proj", [KV, HIDDEN]),
    ("self_attn.o_proj", [HIDDEN, HIDDEN]),
    ("mlp.gate_proj", [INTERMEDIATE, HIDDEN]),
    ("mlp.up_proj", [INTERMEDIATE, HIDDEN]),
    ("mlp.down_proj", [HIDDEN, INTERMEDIATE]),
];

fn llama(tied: bool) -> Manifest {
    let table = [u64::from(VOCABULARY), u64::from(HIDDEN)];
    let mut params = vec![param("model.embed_tokens.weight", &table, Role::Embedding, None)];
    for layer in 0..LAYERS {
        for (name, dims) in LINEAR {
            let name = format!("model.layers.{layer}.{name}.weight");
            params.push(param(&name, &dims.map(u64::from), Role::Linear, None));
        }
        params.push(param(&format!("model.layers.{layer}.norm.weight"), &[u64::from(HIDDEN)], Role::Norm, None));
    }
    params.push(param("lm_head.weight", &table, Role::Head, tied.then_some(ParamId(0))));
    model(params)
}

/// LoRA of that rank on every linear weight.
fn lora(manifest: &Manifest, rank: u32) -> RawPlan {
    let linear = manifest.iter().filter(|(_, p)| p.role == Role::Linear);
    let adapters = linear.map(|(id, p)| {
        let [out, input] = p.shape.matrix().expect("a matrix");
        lora_on(id.0, [out as u32, input as u32], rank)
    });
    RawPlan { adapters: adapters.collect(), ..RawPlan::default() }
}

#[test]
fn lora_on_a_llama_has_rank_times_in_plus_out() {
    for (tied, rank) in [(true, 1), (true, 8), (false, 16)] {
        let manifest = llama(tied);
        let summary = Plan::validate(&lora(&manifest, rank), &manifest).expect("valid").summary(&manifest);
        let expected: u32 = LINEAR.iter().map(|(_, [out, input])| rank * (out + input)).sum::<u32>() * LAYERS;
        let layer: u32 = LINEAR.iter().map(|(_, [out, input])| out * input).sum::<u32>() + HIDDEN;
        let tables = VOCABULARY * HIDDEN * if tied { 1 } else { 2 };
        let total = u64::from(tables + LAYERS * layer);
        assert_eq!(summary.total_parameters, total, "a tied head is counted once");
        assert_eq!(summary.trainable_parameters, u64::from(expected));
        assert_eq!(summary.adapter_parameters, u64::from(expected));
        let percent = 100.0 * f64::from(expected) / (total as f64 + f64::from(expected));
        assert!((summary.trainable_percent - percent).abs() < 1e-12);
        assert_eq!(summary.adapters, [("lora".to_owned(), 21)].into());
        assert_eq!(summary.trained_in_place, 0);
    }
}

#[test]
fn frozen_tensors_and_parameters_trained_in_place_are_told_apart() {
    let manifest = llama(true);
    let mut raw = lora(&manifest, 4);
    raw.adapters.truncate(2);
    raw.adapters[1].kind = "vera".into();
    raw.adapters[1].tensors[0].trainable = false;
    raw.trainable = vec![RawTrainable { param: 0, group: None }, RawTrainable { param: 8, group: None }];
    let plan = Plan::validate(&raw, &manifest).expect("valid");
    let summary = plan.summary(&manifest);
    let (first, second) = (4 * (HIDDEN + HIDDEN), 4 * (KV + HIDDEN));
    assert_eq!(summary.adapter_parameters, u64::from(first + second));
    let in_place = VOCABULARY * HIDDEN + HIDDEN;
    assert_eq!(summary.trainable_parameters, u64::from(in_place + first + 4 * KV));
    assert_eq!(summary.trained_in_place, 2);
    assert_eq!(summary.adapters, [("lora".to_owned(), 1), ("vera".to_owned(), 1)].into());
    assert!(!plan.is_full());
    raw.adapters.clear();
    assert!(Plan::validate(&raw, &manifest).expect("valid").is_full());
}

#[test]
fn all_of_a_model_is_a_hundred_percent() {
    let manifest = llama(true);
    let trainable = manifest.iter().filter(|(_, p)| p.tied_to.is_none());
    let trainable = trainable.map(|(id, _)| RawTrainable { param: id.0, group: None }).collect();
    let plan = Plan::validate(&RawPlan { trainable, ..RawPlan::default() }, &manifest).expect("valid");
    let summary = plan.summary(&manifest);
    assert_eq!(summary.trainable_parameters, summary.total_parameters);
    assert!((summary.trainable_percent - 100.0).abs() < 1e-12);
}

#[test]
fn a_plan_that_changes_nothing_counts_nothing() {
    let manifest = manifest();
    let summary = Plan::nothing().summary(&manifest);
    assert_eq!((summary.trainable_parameters, summary.adapter_parameters), (0, 0));
    assert!(!Plan::nothing().is_full());
    assert!(Plan::validate(&Plan::nothing().to_raw(), &manifest).is_err(), "no strategy may plan it");
}

/// Valid plans over the test model that differ in everything a plan holds.
fn any_plan() -> impl Strategy<Value = RawPlan> {
    let factor = || prop_oneof![Just(1.0), 0.0..10.0];
    let group = (factor(), prop::option::of(factor()));
    let metadata = prop::collection::vec((".{0,5}", ".{0,5}"), 0..3);
    (1u32..5, 0usize..2, prop::option::of(0usize..2), prop::collection::vec(group, 2), any::<bool>(), metadata)
        .prop_map(|(rank, kind, member, groups, embedding, metadata)| {
            let name = |g: usize| format!("group-{g}");
            let mut adapter: RawAdapter = lora_on(1, [32, 16], rank);
            adapter.kind = ["lora", "other"][kind].into();
            adapter.tensors[1].group = member.map(name);
            let groups = groups.into_iter().enumerate().map(|(g, (learning_rate_scale, weight_decay))| RawGroup {
                name: name(g),
                learning_rate_scale,
                weight_decay,
            });
            RawPlan {
                shared: Vec::new(),
                trainable: embedding.then(|| RawTrainable { param: 0, group: member.map(name) }).into_iter().collect(),
                adapters: vec![adapter],
                groups: groups.collect(),
                metadata,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Out to plain data, through JSON and back in is the same plan; and only the same plan has the same hash.
    #[test]
    fn a_plan_is_its_plain_data(a in any_plan(), b in any_plan()) {
        let manifest = manifest();
        let plan = Plan::validate(&a, &manifest).expect("valid");
        let json = serde_json::to_string(&plan.to_raw()).expect("JSON");
        let read: RawPlan = serde_json::from_str(&json).expect("the same JSON");
        prop_assert_eq!(&read, &a);
        let again = Plan::validate(&read, &manifest).expect("still valid");
        prop_assert_eq!(again.hash(), plan.hash());
        prop_assert_eq!(&again, &plan);
        let other = Plan::validate(&b, &manifest).expect("valid");
        prop_assert_eq!(other == plan, other.hash() == plan.hash());
    }
}

#[test]
fn the_hash_is_the_same_on_every_machine() {
    let plan = Plan::validate(&common::lora(), &manifest()).expect("valid");
    assert_eq!(plan.hash(), "85baf8bcc9dfabb76493d4fd034f015fe8d947b03ab20b7885ec5065321e07d2");
    assert_eq!(Plan::validate(&common::lora(), &manifest()).expect("valid").hash(), plan.hash());
}

#[test]
fn a_group_named_default_is_the_one_that_is_always_there() {
    let mut raw = common::lora();
    raw.adapters[0].tensors[0].group = Some("default".into());
    let plan = Plan::validate(&raw, &manifest()).expect("valid");
    assert_eq!(plan.adapters()[0].tensors[0].group, 0);
    raw.groups = vec![RawGroup { name: "default".into(), learning_rate_scale: 2.0, weight_decay: None }];
    let problems = Plan::validate(&raw, &manifest()).expect_err("it is taken");
    assert_eq!(problems.0[0].to_string(), "groups[0]: there are two groups called `default`");
}
