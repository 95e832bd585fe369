//! The laws of composition, over every kind of adapter: what PEFT's weighted merges break (`tests/golden/laws.json`).
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{difference, golden, host, logits, plugin, run, short};
use graftwork::{Dtype, MergeOutput, MergeReport, MergeRequest, MergeSource, RunConfig, StrategyConfig};
use proptest::prelude::*;
use safetensors::SafeTensors;
use serde_json::json;

const IDS: [u32; 8] = [5, 17, 200, 3, 44, 91, 8, 120];

/// Every kind that changes a weight in a way of its own, with the settings of its adapters.
const KINDS: [(&str, &str); 13] = [
    ("lora", r#"{"rank": 3}"#),
    ("lora", r#"{"rank": 4, "rslora": true, "alpha": 4}"#),
    ("lora", r#"{"rank": 2, "rank_pattern": {"q_proj": 4}, "alpha_pattern": {"down_proj": 1}, "train_norms": true}"#),
    ("lora", r#"{"rank": 3, "init": "pissa"}"#),
    ("dora", r#"{"rank": 2}"#),
    ("loha", r#"{"rank": 2}"#),
    ("lokr", r#"{"rank": 2}"#),
    ("vera", r#"{"rank": 16}"#),
    ("ia3", "{}"),
    ("oft", r#"{"oft_block_size": 8}"#),
    ("pera", r#"{"rank": 2}"#),
    ("ada-lora", r#"{"init_r": 3, "target_r": 2}"#),
    ("full", "{}"),
];

fn model() -> PathBuf {
    golden("curve/models/llama")
}

/// A kind, and two adapters of it.
type Kind = (String, [PathBuf; 2]);

/// Two short runs of each kind, from different seeds, made once for all tests.
fn trained() -> &'static [Kind] {
    static ALL: OnceLock<(tempfile::TempDir, Vec<Kind>)> = OnceLock::new();
    let make = || {
        let dir = tempfile::tempdir().expect("a folder");
        let kind = |(index, (name, settings)): (usize, &(&str, &str))| {
            let adapter = |seed: u64| {
                let mut strategy = plugin(name);
                strategy.config = serde_json::from_str(settings).expect("settings");
                let out = dir.path().join(format!("{name}-{index}-{seed}"));
                let mut config = RunConfig { model: Some(model()), seed, ..short(strategy, &out, 4) };
                config.train.learning_rate = Some(0.02);
                run(&config).0.result.expect("a result")
            };
            (format!("{name} {settings}"), [adapter(1), adapter(2)])
        };
        let all = KINDS.iter().enumerate().map(kind).collect();
        (dir, all)
    };
    &ALL.get_or_init(make).1
}

type Weights = BTreeMap<String, Vec<f32>>;

fn weights(folder: &Path) -> Weights {
    let bytes = std::fs::read(folder.join("model.safetensors")).expect("a model");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let value = |dtype, b: &[u8]| match dtype {
        safetensors::Dtype::F32 => f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
        _ => f32::from_bits(u32::from(u16::from_le_bytes([b[0], b[1]])) << 16),
    };
    let read = |(name, view): (&str, safetensors::tensor::TensorView<'_>)| {
        let size = if view.dtype() == safetensors::Dtype::F32 { 4 } else { 2 };
        (name.to_owned(), view.data().chunks_exact(size).map(|b| value(view.dtype(), b)).collect())
    };
    file.iter().map(read).collect()
}

fn base() -> &'static Weights {
    static BASE: OnceLock<Weights> = OnceLock::new();
    BASE.get_or_init(|| weights(&model()))
}

fn composer(name: &str, settings: serde_json::Value) -> StrategyConfig {
    let mut composer = plugin(name);
    composer.config = settings.as_object().cloned().expect("an object");
    composer
}

fn request(
    sources: &[(&Path, f64)],
    composer: Option<StrategyConfig>,
    output: MergeOutput,
    out: &Path,
) -> MergeRequest {
    let sources = sources.iter().map(|(path, weight)| MergeSource { path: path.to_path_buf(), weight: *weight });
    let sources = sources.collect();
    MergeRequest { model: Some(model()), sources, composer, output, overwrite: true, ..MergeRequest::new("", out) }
}

const F32: MergeOutput = MergeOutput::Model { dtype: Some(Dtype::F32), max_shard_bytes: None };

/// The weights that a composition comes to.
fn merged(sources: &[(&Path, f64)], composer: Option<StrategyConfig>) -> Weights {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().join("merged");
    host().merge(&request(sources, composer, F32, &folder), &mut |_| {}).expect("a merge");
    weights(&folder)
}

/// What a composition changes in the base, weight by weight.
fn deltas(of: &Weights) -> Vec<f32> {
    of.iter().flat_map(|(name, values)| values.iter().zip(&base()[name]).map(|(a, b)| a - b)).collect()
}

fn flat(of: &Weights) -> Vec<f32> {
    of.values().flatten().copied().collect()
}

/// The largest difference, relative to the largest weight: what is under it is lost when a weight is added to anyway.
fn apart(a: &Weights, b: &Weights) -> f32 {
    difference(&flat(a), &flat(b))
}

#[test]
fn one_source_of_weight_1_is_what_it_is() {
    for (kind, [a, _]) in trained() {
        let alone = merged(&[(a, 1.0)], None);
        let effect = deltas(&alone).iter().fold(0.0f32, |m, d| m.max(d.abs()));
        assert!(effect > 1e-4, "{kind} changes the base by {effect:e}");
        // Its forward pass says the same.
        let out = tempfile::tempdir().expect("a folder");
        host().merge(&request(&[(a, 1.0)], None, F32, &out.path().join("m")), &mut |_| {}).expect("a merge");
        let adapted = if a.ends_with("model") {
            logits(Some(a.clone()), None, &IDS)
        } else {
            logits(Some(model()), Some(a.clone()), &IDS)
        };
        let worst = difference(&logits(Some(out.path().join("m")), None, &IDS), &adapted);
        assert!(worst < 2e-5, "{kind}: {worst:e}");
        let identities = [
            composer("linear", json!({})),
            composer("linear", json!({"normalize": true})),
            composer("task-arithmetic", json!({})),
            composer("cat", json!({})),
            composer("ties", json!({"density": 1.0})),
            composer("dare", json!({"density": 1.0})),
            composer("magnitude-prune", json!({"density": 1.0})),
            composer("svd", json!({"rank": 32})),
        ];
        for composer in identities {
            let name = composer.path.clone();
            let worst = apart(&merged(&[(a, 1.0)], Some(composer)), &alone);
            // Of a full rank the decomposition gives the matrix back to f32's rounding.
            let full_rank = name.ends_with("svd.wasm");
            assert!(worst < 2e-6 || full_rank, "{kind}, {}: {worst:e}", name.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 26, failure_persistence: None, ..ProptestConfig::default() })]

    /// Also of two different kinds.
    #[test]
    fn weights_are_linear(i in 0..KINDS.len(), j in 0..KINDS.len(), u in -1.5f64..1.5, v in -1.5f64..1.5) {
        let ((_, [a, _]), (_, [_, b])) = (&trained()[i], &trained()[j]);
        let (one, two) = (deltas(&merged(&[(a, 1.0)], None)), deltas(&merged(&[(b, 1.0)], None)));
        let both = deltas(&merged(&[(a, u), (b, v)], None));
        let scale = flat(base()).iter().fold(0.0f32, |m, w| m.max(w.abs()));
        let worst = both.iter().zip(one.iter().zip(&two))
            .map(|(both, (one, two))| (f64::from(*both) - u * f64::from(*one) - v * f64::from(*two)).abs())
            .fold(0.0, f64::max);
        prop_assert!(worst < 4e-6 * f64::from(scale), "{:?}, {:?}: {worst:e} of {scale}", KINDS[i], KINDS[j]);
    }

    /// Where it should not matter, the order of the sources does not.
    #[test]
    fn order_does_not_matter(i in 0..KINDS.len(), j in 0..KINDS.len(), u in 0.2f64..1.5, v in 0.2f64..1.5, which in 0usize..6) {
        let ((_, [a, _]), (_, [_, b])) = (&trained()[i], &trained()[j]);
        let composers = [
            ("linear", json!({})), ("cat", json!({})), ("task-arithmetic", json!({"lambda": 0.7})),
            ("ties", json!({"density": 0.4})), ("magnitude-prune", json!({"density": 0.4})), ("dare", json!({"density": 1.0})),
        ];
        let (name, settings) = &composers[which];
        let composer = || Some(composer(name, settings.clone()));
        let worst = apart(&merged(&[(a, u), (b, v)], composer()), &merged(&[(b, v), (a, u)], composer()));
        prop_assert!(worst < 2e-6, "{name}, {:?}, {:?}: {worst:e}", KINDS[i], KINDS[j]);
    }
}

#[test]
fn what_was_merged_in_comes_out_again() {
    let out = tempfile::tempdir().expect("a folder");
    for (kind, [a, _]) in trained() {
        let folder = out.path().join("merged");
        host().merge(&request(&[(a, 1.0)], None, F32, &folder), &mut |_| {}).expect("a merge");
        let back = merged(&[(&folder, 1.0), (a, -1.0)], None);
        let worst = apart(&back, base());
        assert!(worst < 1e-6, "{kind}: {worst:e}");
    }
}

/// LoRA, DoRA and a model that was trained whole, together.
fn mixed() -> [(&'static Path, f64); 3] {
    let of = |wanted: &str| trained().iter().find(|(kind, _)| kind.starts_with(wanted)).map(|(_, [a, _])| a.as_path());
    let of = |wanted| of(wanted).expect("this kind");
    [(of("lora"), 0.7), (of("dora"), 0.5), (of("full"), 0.3)]
}

fn merge_as(output: MergeOutput, composer: Option<StrategyConfig>, out: &Path) -> MergeReport {
    host().merge(&request(&mixed(), composer, output, out), &mut |_| {}).expect("a merge")
}

#[test]
fn a_mixed_adapter_is_the_merged_model_and_loads_again() {
    let out = tempfile::tempdir().expect("a folder");
    for (name, composer) in [
        ("sum", None),
        ("dense", Some(composer("magnitude-prune", json!({"density": 0.5})))),
        ("random", Some(composer("dare", json!({"density": 0.5})))),
    ] {
        let (adapter, whole) = (out.path().join(format!("{name}-adapter")), out.path().join(format!("{name}-model")));
        merge_as(MergeOutput::Adapter, composer.clone(), &adapter);
        merge_as(F32, composer, &whole);
        let found = logits(Some(model()), Some(adapter.clone()), &IDS);
        let worst = difference(&found, &logits(Some(whole.clone()), None, &IDS));
        assert!(worst < 2e-5, "{name}: {worst:e}");
        // It is a source like any other.
        let worst = apart(&merged(&[(&adapter, 1.0)], None), &weights(&whole));
        assert!(worst < 2e-6, "{name}: {worst:e}");
    }
}

#[test]
fn a_lora_says_what_it_leaves_out() {
    let out = tempfile::tempdir().expect("a folder");
    let whole = merged(&mixed(), None);
    let folder = out.path().join("lora");
    let truncation = merge_as(MergeOutput::Lora { rank: Some(8) }, None, &folder).truncation.expect("a truncation");
    assert_eq!(truncation.rank, 8);
    assert!(
        truncation.error > 0.05 && truncation.error < 1.0 && truncation.worst >= truncation.error,
        "{truncation:?}"
    );
    // What is left out, measured on the weights of matrices.
    let lora = merged(&[(&folder, 1.0)], None);
    let squares =
        |name: &str, of: &dyn Fn(usize) -> f32| (0..base()[name].len()).map(|i| f64::from(of(i)).powi(2)).sum::<f64>();
    let (mut left_out, mut all) = (0.0, 0.0);
    for name in whole.keys().filter(|name| !name.contains("norm")) {
        left_out += squares(name, &|i| whole[name][i] - lora[name][i]);
        all += squares(name, &|i| whole[name][i] - base()[name][i]);
    }
    let measured = (left_out / all).sqrt();
    assert!((measured - truncation.error).abs() < 1e-3, "{measured} is not {}", truncation.error);

    // Of low-rank adapters alone the sum has a rank, and nothing is left out.
    let (_, [a, b]) = &trained()[0];
    let (exact, sources) = (out.path().join("exact"), [(a.as_path(), 0.6), (b.as_path(), -0.4)]);
    let exact_request = request(&sources, Some(composer("cat", json!({}))), MergeOutput::Lora { rank: None }, &exact);
    let report = host().merge(&exact_request, &mut |_| {}).expect("a merge");
    let truncation = report.truncation.expect("a truncation");
    assert!(truncation.rank == 6 && truncation.error < 1e-5, "{truncation:?}");
    assert!(exact.join("adapter_config.json").exists(), "in PEFT's form");
    assert!(apart(&merged(&[(&exact, 1.0)], None), &merged(&sources, None)) < 1e-6);
}

#[test]
fn what_cannot_be_composed_is_said() {
    let out = tempfile::tempdir().expect("a folder");
    let target = out.path().join("none");
    let fails = |request: MergeRequest, parts: &[&str]| {
        let message = host().merge(&request, &mut |_| {}).expect_err("it cannot be").to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} not in: {message}");
        assert!(!target.exists(), "nothing is left behind");
    };
    let (_, [a, b]) = &trained()[0];
    let two = [(a.as_path(), 1.0), (b.as_path(), 1.0)];
    fails(request(&two, Some(plugin("lora")), F32, &target), &["composer", "composes nothing"]);
    fails(request(&two, Some(plugin("svd")), F32, &target), &["svd", "rank"]);
    fails(request(&two[..1], Some(plugin("slerp")), F32, &target), &["slerp"]);
    fails(request(&mixed(), None, MergeOutput::Lora { rank: None }, &target), &["rank", "low rank by itself"]);
    fails(request(&[(a, f64::NAN)], None, F32, &target), &["weights", "NaN"]);
    fails(request(&[], None, F32, &target), &["adapter", "none is given"]);
    let other = [(a.as_path(), 1.0), (&*common::model(), 1.0)];
    fails(request(&other, None, F32, &target), &["parameters differ"]);
}

#[test]
fn sources_that_change_other_weights_count_too() {
    let out = tempfile::tempdir().expect("a folder");
    let adapter = |module: &str| {
        let mut lora = plugin("lora");
        lora.config = json!({"rank": 2, "target_modules": [module]}).as_object().cloned().expect("an object");
        let folder = out.path().join(module);
        let mut config = RunConfig { model: Some(model()), ..short(lora, &folder, 3) };
        config.train.learning_rate = Some(0.05);
        run(&config).0.result.expect("an adapter")
    };
    let (q, v) = (adapter("q_proj"), adapter("v_proj"));
    let sources = [(q.as_path(), 1.0), (v.as_path(), 1.0)];
    let averaged = merged(&sources, Some(composer("linear", json!({"normalize": true}))));
    let halves = merged(&[(&q, 0.5), (&v, 0.5)], None);
    assert!(apart(&averaged, &halves) < 1e-6, "an average of two is half of each");
    merged(&sources, Some(composer("ties", json!({"density": [0.5, 0.7]}))));
    merged(&sources, Some(composer("slerp", json!({"t": 0.5}))));
}

#[test]
fn what_was_folded_into_the_base_is_not_forgotten() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().join("run");
    let mut relora = plugin("relora");
    relora.config = json!({"interval": 2, "rewarm": 0}).as_object().cloned().expect("an object");
    let mut config = RunConfig { model: Some(model()), ..short(plugin("lora"), &folder, 5) };
    config.strategy.push(relora);
    config.train.learning_rate = Some(0.02);
    config.train.checkpoint_every = Some(3);
    run(&config);
    let checkpoint = folder.join("checkpoints/step-3");
    let whole = out.path().join("whole");
    host().merge(&request(&[(&checkpoint, 1.0)], None, F32, &whole), &mut |_| {}).expect("a merge");
    let adapted = logits(Some(model()), Some(checkpoint.clone()), &IDS);
    assert!(difference(&logits(Some(whole), None, &IDS), &adapted) < 2e-5);
    assert!(difference(&logits(Some(model()), None, &IDS), &adapted) > 1e-3);
    // As an adapter alone it would be something else.
    let again = RunConfig { adapter: Some(checkpoint), overwrite: true, ..config };
    let message = common::failure(&RunConfig { out: Some(out.path().join("again")), ..again });
    assert!(message.contains("folded into the base"), "{message}");
}

#[test]
fn adapters_of_another_model_are_refused_unless_it_is_named() {
    let out = tempfile::tempdir().expect("a folder");
    let (_, [a, _]) = &trained()[0];
    let (_, [full, _]) = trained().last().expect("a kind");
    let tuned = RunConfig { model: Some(full.clone()), ..short(plugin("lora"), &out.path().join("on-full"), 2) };
    let of_full = run(&tuned).0.result.expect("an adapter");
    let target = out.path().join("none");
    let sources = [(a.as_path(), 0.5), (of_full.as_path(), 0.5)];
    let request = MergeRequest { model: None, ..request(&sources, None, F32, &target) };
    let message = host().merge(&request, &mut |_| {}).expect_err("they do not belong together").to_string();
    assert!(message.contains("was trained on another model") && !target.exists(), "{message}");
}
