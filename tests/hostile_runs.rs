//! Hostile plugins in runs and merges: what they end leaves what there was, and they see nothing of what there is.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;
#[path = "hostile/plugin.rs"]
mod hostile;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::{failure, golden, host, plugin, root, run, short};
use graftwork::{Change, Control, MergeRequest, MergeSource, RunConfig, StrategyConfig};
use safetensors::SafeTensors;

fn model() -> PathBuf {
    golden("curve/models/llama")
}

/// A plugin as a file that is no more than that interface.
fn written(dir: &Path, interface: &str, name: &str) -> StrategyConfig {
    let path = dir.join("plugin.wat");
    fs::write(&path, hostile::only(interface, name)).expect("written");
    StrategyConfig::new(path)
}

fn lora() -> StrategyConfig {
    let mut lora = plugin("lora");
    lora.config = serde_json::from_str(r#"{"rank": 2}"#).expect("settings");
    lora
}

fn config(chain: &[StrategyConfig], out: &Path, steps: u64) -> RunConfig {
    let mut config = RunConfig { model: Some(model()), ..short(chain[0].clone(), out, steps) };
    config.strategy = chain.to_vec();
    config.train.learning_rate = Some(0.01);
    config
}

/// Every file of a folder, hidden ones too, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("a file");
            found.insert(path, bytes);
        }
    }
    found
}

#[test]
fn a_controller_that_misbehaves_ends_the_run_with_the_last_good_checkpoint() {
    let dir = tempfile::tempdir().expect("a folder");
    let cases = [
        ("traps_midway", &["call of `step`", "unreachable"][..]),
        ("loops_midway", &["call of `step`", "limit `fuel`"]),
        ("acts_as_nobody_knows", &["call of `step`", "broke the contract"]),
        ("freezes_what_is_not_there", &["wants what cannot be done", "there is no parameter 9999"]),
        ("freezes_what_does_not_train", &["wants what cannot be done", "does not train in this plan"]),
        ("scales_by_nan", &["wants what cannot be done", "NaN"]),
        ("scales_by_less_than_nothing", &["wants what cannot be done", "-1"]),
    ];
    for (name, parts) in cases {
        let out = dir.path().join(name);
        let controller = written(dir.path(), "controller", name);
        let mut hostile = config(&[lora(), controller.clone()], &out, 12);
        hostile.train.checkpoint_every = Some(2);
        let message = failure(&hostile);
        let remedy = out.join("checkpoints/step-4").display().to_string();
        let always = ["after update 5", remedy.as_str(), "host resume"];
        for part in parts.iter().chain(&always) {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
        // The plugin is mended, and the run goes on.
        fs::write(controller.path, hostile::honest("controller")).expect("written");
        let resumed = host().resume(&out, &[Change::Plugin], &Control::new(), &mut |_| {}).expect("it goes on");
        assert!(resumed.finished && resumed.steps == 12);
    }
}

#[test]
fn a_merge_that_a_composer_ends_leaves_what_there_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let adapter = |name: &str, seed| {
        let out = dir.path().join(name);
        run(&RunConfig { seed, ..config(&[lora()], &out, 2) }).0.result.expect("an adapter")
    };
    let sources = [adapter("a", 1), adapter("b", 2)].map(|path| MergeSource { path, weight: 0.5 });
    let merges = tempfile::tempdir().expect("a folder");
    let request = |composer: Option<StrategyConfig>, out: &str| MergeRequest {
        model: Some(model()),
        sources: sources.to_vec(),
        composer,
        overwrite: true,
        ..MergeRequest::new("", merges.path().join(out))
    };
    host().merge(&request(None, "old"), &mut |_| {}).expect("a merge");
    let before = files(merges.path());
    for (name, part) in [
        ("composer_traps_midway", "call of `compose`: it trapped"),
        ("loops_in_compose", "limit `fuel`"),
        ("composes_a_source_that_is_not_there", "there is no source 7"),
        ("composes_nothing", "there are 0 nodes"),
    ] {
        let composer = written(dir.path(), "composer", name);
        for out in ["old", "new"] {
            let request = request(Some(composer.clone()), out);
            let message = host().merge(&request, &mut |_| {}).expect_err("it misbehaves").to_string();
            assert!(message.contains(part), "`{part}` is not in: {message}");
            assert_eq!(files(merges.path()), before, "{name}: `{out}`");
        }
    }
    // The one that trapped had composed a parameter before.
    fs::write(dir.path().join("plugin.wat"), hostile::honest("composer")).expect("written");
    let honest = StrategyConfig::new(dir.path().join("plugin.wat"));
    host().merge(&request(Some(honest), "new"), &mut |_| {}).expect("a merge");
}

#[test]
fn what_a_plugin_plans_or_chooses_wrongly_begins_no_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    for (interface, name, part) in [
        ("strategy", "traps", "call of `plan`: it trapped"),
        ("strategy", "rank_of_2_31", "has more than 68719476736 elements"),
        ("strategy", "tensor_name_is_a_path", "name `../../etc/passwd` must be"),
        ("strategy", "trains_what_is_not_there", "there is no parameter 4294967295"),
        ("selector", "chooses_what_is_not_there", "it chooses parameter 4294967295"),
        ("selector", "chooses_rank_0", "has a rank of 0"),
    ] {
        let hostile = written(dir.path(), interface, name);
        let chain = if interface == "strategy" { vec![hostile] } else { vec![hostile, lora()] };
        let message = failure(&config(&chain, &out, 2));
        assert!(message.contains(part), "`{part}` is not in: {message}");
        let left: Vec<_> = fs::read_dir(dir.path()).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        assert_eq!(left, [dir.path().join("plugin.wat")], "{name}: nothing is left behind");
    }
}

#[test]
fn a_controller_that_lets_no_run_begin_leaves_no_result() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, part) in [
        ("actions_without_end", "plugin `test`, call of `start`: it wants more than 100000 actions"),
        ("loops_in_start", "plugin `test`, call of `start`: it ran for more than"),
    ] {
        let out = dir.path().join(name);
        let hostile = config(&[lora(), written(dir.path(), "controller", name)], &out, 2);
        let message = failure(&hostile);
        assert!(message.contains(part), "`{part}` is not in: {message}");
        for result in ["adapter", "model", "checkpoints", "summary.json"] {
            assert!(!out.join(result).exists(), "{name}: there is `{result}`");
        }
        // What was to be run is written there, and can be run again in its place.
        fs::write(&hostile.strategy[1].path, hostile::honest("controller")).expect("written");
        let again = RunConfig { overwrite: true, ..hostile };
        assert!(run(&again).0.finished);
    }
}

/// Whether bytes occur in others.
fn holds(all: &[u8], some: &[u8]) -> bool {
    all.windows(some.len()).any(|window| window == some)
}

#[test]
fn a_plugin_sees_names_and_numbers_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let seeing = written(dir.path(), "controller", "tells_all_it_sees");
    let mut config = config(&[lora(), seeing], &out, 2);
    config.train.checkpoint_every = Some(2);
    run(&config);
    // Its state is all of its memory, after it called all that it can.
    let controllers = fs::read(out.join("checkpoints/step-2/controllers.safetensors")).expect("states");
    let controllers = SafeTensors::deserialize(&controllers).expect("tensors");
    let seen = controllers.tensor("0").expect("its state").data();
    assert!(holds(seen, b"model.layers.0.self_attn.q_proj.weight") && holds(seen, b"\"model_type\""));
    for (secret, what) in [
        (root().display().to_string(), "where the host is"),
        (dir.path().display().to_string(), "where the run is"),
        (std::env::var("PATH").expect("a path"), "the environment"),
    ] {
        assert!(!holds(seen, secret.as_bytes()), "it sees {what}");
    }
    // Not 16 bytes in a row of any weight: what it sees of them are norms and singular values, in f64.
    let weights = fs::read(model().join("model.safetensors")).expect("weights");
    let weights = SafeTensors::deserialize(&weights).expect("tensors");
    let pieces: HashSet<&[u8]> = seen.windows(16).collect();
    for (name, view) in weights.tensors() {
        // Rows of zeros, as of a padding token, are everywhere.
        let mut values = view.data().chunks_exact(16).filter(|bytes| bytes.iter().any(|&byte| byte != 0));
        assert!(values.all(|bytes| !pieces.contains(bytes)), "it sees values of {name}");
    }
    let text = fs::read(golden("curve/austen-200.jsonl")).expect("data");
    assert!(text.windows(16).all(|bytes| !pieces.contains(bytes)), "it sees what it trains on");
}
