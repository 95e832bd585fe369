//! Whatever a person may get wrong: one clear error, and nothing left behind.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{failure, host, model, plugin, run, short};
use graftwork::{RunConfig, StrategyConfig};
use serde_json::{Value, json};

/// Runs with something wrong; the message must have these parts, and no run folder may be there.
fn fails(config: &RunConfig, parts: &[&str]) {
    let message = failure(config);
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    let out = config.out.as_ref().expect("an out folder");
    assert!(!out.exists(), "nothing is left behind after: {message}");
}

fn copy_model(to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(model()).expect("the model") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}

fn edit_config(folder: &Path, edit: impl FnOnce(&mut Value)) {
    let path = folder.join("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
    edit(&mut config);
    fs::write(path, config.to_string()).expect("written");
}

#[test]
fn models_that_are_not_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let with =
        |path: &Path| RunConfig { model: Some(path.to_owned()), ..short(plugin("lora"), &dir.path().join("out"), 2) };
    fails(&with(&dir.path().join("nowhere")), &["nowhere"]);
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    fails(&with(&empty), &["empty", "config.json"]);

    let cut = dir.path().join("cut");
    copy_model(&cut);
    let weights = fs::read(cut.join("model.safetensors")).expect("read");
    fs::write(cut.join("model.safetensors"), &weights[..weights.len() / 2]).expect("written");
    fails(&with(&cut), &["model.safetensors", "bytes"]);
    fs::remove_file(cut.join("model.safetensors")).expect("removed");
    fails(&with(&cut), &["cut", "safetensors"]);
}

#[test]
fn configurations_that_do_not_fit() {
    let dir = tempfile::tempdir().expect("a folder");
    let cases: [(&str, Value, &[&str]); 6] = [
        ("hidden_size", json!(128), &["model.embed_tokens.weight", "[4096, 256]", "[4096, 128]"]),
        ("num_hidden_layers", json!(7), &["there is no tensor", "model.layers.6"]),
        ("num_key_value_heads", json!(3), &["num_key_value_heads", "must divide"]),
        ("model_type", json!("t5"), &["t5", "llama"]),
        ("hidden_act", json!("gelu"), &["hidden_act", "silu"]),
        ("rope_parameters", json!({"rope_type": "longrope", "rope_theta": 1e4}), &["short_factor"]),
    ];
    for (key, value, parts) in cases {
        let folder = dir.path().join(key);
        copy_model(&folder);
        edit_config(&folder, |config| config[key] = value);
        let config = RunConfig { model: Some(folder), ..short(plugin("lora"), &dir.path().join("out"), 2) };
        fails(&config, parts);
    }
}

#[test]
fn data_that_cannot_be_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let cases: [(&str, &str, &[&str]); 5] = [
        ("empty.jsonl", "", &["empty.jsonl"]),
        ("broken.jsonl", "{\"text\": \"a b c\"}\n{\"text\": \n", &["broken.jsonl:2"]),
        ("unknown.jsonl", "{\"texts\": \"a\"}\n", &["unknown.jsonl:1", "texts"]),
        ("wrong.jsonl", "{\"text\": 3}\n", &["wrong.jsonl:1", "text"]),
        ("mixed.jsonl", "{\"text\": \"a b c\"}\n{\"prompt\": \"a\", \"completion\": \"b\"}\n", &["mixed.jsonl:2"]),
    ];
    for (name, text, parts) in cases {
        let path = dir.path().join(name);
        fs::write(&path, text).expect("written");
        let mut config = short(plugin("lora"), &dir.path().join("out"), 2);
        config.data.files = vec![path.into()];
        fails(&config, parts);
    }
    let mut config = short(plugin("lora"), &dir.path().join("out"), 2);
    config.data.files = vec![dir.path().join("nowhere.jsonl").into()];
    fails(&config, &["nowhere.jsonl"]);
}

#[test]
fn strategies_that_cannot_work() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("out");
    let lora = |settings: Value| {
        let mut lora = plugin("lora");
        lora.config = settings.as_object().expect("an object").clone();
        short(lora, &out, 2)
    };
    fails(&lora(json!({"target_modules": ["q_porj"]})), &["target_modules", "q_porj", "q_proj"]);
    fails(&lora(json!({"rnak": 4})), &["rnak", "did you mean `rank`"]);
    fails(&lora(json!({"rank": 0})), &["rank"]);
    fails(&lora(json!({"rank": "eight"})), &["rank", "eight"]);
    fails(&lora(json!({"dropout": 1.5})), &["dropout"]);
    fails(&lora(json!({"layers": [9]})), &["layers", "no layer 9"]);
    fails(&short(StrategyConfig::new(dir.path().join("no.wasm")), &out, 2), &["no.wasm"]);
    let garbage = dir.path().join("garbage.wasm");
    fs::write(&garbage, "not a plugin").expect("written");
    fails(&short(StrategyConfig::new(garbage), &out, 2), &["garbage.wasm", "no WebAssembly"]);
    fails(&short(plugin("rank-select"), &out, 2), &["rank-select", "plans nothing"]);
    let mut twice = short(plugin("lora"), &out, 2);
    twice.strategy.push(plugin("full"));
    fails(&twice, &["claimed twice"]);
}

#[test]
fn settings_that_make_no_sense() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = || short(plugin("lora"), &dir.path().join("out"), 2);
    let mut both = config();
    both.train.epochs = Some(1.0);
    fails(&both, &["steps", "epochs"]);
    let mut rate = config();
    rate.train.learning_rate = Some(f64::NAN);
    fails(&rate, &["learning_rate"]);
    let mut length = config();
    length.data.max_length = Some(1);
    fails(&length, &["max_length"]);
    let mut settings = config();
    let unknown = host().assign_settings(&mut settings.strategy, vec![("rnak".to_owned(), json!(4))]);
    let message = unknown.expect_err("no such setting").to_string();
    assert!(message.contains("did you mean rank"), "{message}");
    let ambiguous = &mut config();
    ambiguous.strategy.insert(0, plugin("rank-select"));
    let message = host()
        .assign_settings(&mut ambiguous.strategy, vec![("alpha".to_owned(), json!(4))])
        .expect_err("two have it")
        .to_string();
    assert!(message.contains("rank-select.alpha or lora.alpha"), "{message}");
    host().assign_settings(&mut ambiguous.strategy, vec![("lora.alpha".to_owned(), json!(4))]).expect("one is named");

    let file = dir.path().join("run.toml");
    fs::write(&file, "seed = 1\nlearning_rate = 3\n").expect("written");
    let message = RunConfig::from_file(&file).expect_err("an unknown key").to_string();
    assert!(message.contains("run.toml") && message.contains("learning_rate") && message.contains('2'), "{message}");
}

#[test]
fn a_learning_rate_that_explodes_stops_before_the_update() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut config = short(plugin("full"), &dir.path().join("out"), 30);
    config.train.learning_rate = Some(1e30);
    config.train.max_grad_norm = 0.0;
    let message = failure(&config);
    assert!(message.contains("step") && message.contains("austen-200.jsonl:"), "{message}");
}

#[test]
fn a_run_is_not_written_over() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let config = short(plugin("lora"), &out, 1);
    run(&config);
    let before = fs::read(out.join("summary.json")).expect("a summary");
    let message = failure(&config);
    assert!(message.contains("run"), "{message}");
    assert_eq!(fs::read(out.join("summary.json")).expect("still there"), before);
    run(&RunConfig { overwrite: true, ..config });

    let mine = dir.path().join("mine");
    fs::create_dir(&mine).expect("a folder");
    fs::write(mine.join("thesis.txt"), "years of work").expect("written");
    let message = failure(&RunConfig { overwrite: true, ..short(plugin("lora"), &mine, 1) });
    assert!(message.contains("mine"), "{message}");
    assert_eq!(fs::read_to_string(mine.join("thesis.txt")).expect("still there"), "years of work");
}

#[test]
fn adapters_for_another_model() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    run(&short(plugin("lora"), &out, 1));
    let adapter = out.join("adapter");
    let config = adapter.join("adapter_config.json");
    let mut settings: Value = serde_json::from_slice(&fs::read(&config).expect("read")).expect("JSON");
    settings["use_dora"] = json!(true);
    fs::write(&config, settings.to_string()).expect("written");
    let config = RunConfig { adapter: Some(adapter), ..short(plugin("lora"), &dir.path().join("other"), 1) };
    fails(&config, &["use_dora"]);
}

#[test]
fn an_adapter_that_no_machine_can_hold() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut lora = plugin("lora");
    lora.config.insert("target_modules".to_owned(), json!(["embed_tokens"]));
    run(&short(lora, &out, 1));
    let path = out.join("adapter/graftwork.json");
    let mut card: Value = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
    // The tensor's first value is the corner of a sum of forty matrices of 256 GiB.
    let node =
        |op: &str, inputs: Vec<usize>, attributes: Value| json!({"op": op, "inputs": inputs, "attributes": attributes});
    let mut nodes = vec![node("identity", vec![], json!([["size", {"integer": 1 << 18}]]))];
    (0..40).for_each(|_| nodes.push(node("scale", vec![0], json!([["factor", {"float": 0.5}]]))));
    (1..40).for_each(|n| nodes.push(node("add", vec![n, nodes.len() - 1], json!([]))));
    for (axis, length) in [(0, 8), (1, 4096)] {
        let at = json!([["axis", {"integer": axis}], ["start", {"integer": 0}], ["length", {"integer": length}]]);
        nodes.push(node("slice", vec![nodes.len() - 1], at));
    }
    let root = nodes.len() - 1;
    card["plan"]["adapters"][0]["tensors"][0]["init"] = json!({"nodes": nodes, "root": root});
    fs::write(&path, card.to_string()).expect("written");
    let tokens = graftwork::Tokens::Ids(vec![1, 2, 3]);
    let device = graftwork::DeviceChoice::Cpu;
    let request = graftwork::LogitsRequest { model: Some(model()), adapter: Some(out), device, tokens };
    let message = host().logits(&request, &mut |_| {}).expect_err("too large").to_string();
    assert!(message.contains("needs at least") && message.contains("GiB of memory"), "{message}");
}
