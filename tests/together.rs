//! Several adapters on one base: switched without loading it again, and each row of a batch with its own.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{golden, host, plugin, run, short};
use graftwork::{Control, DeviceChoice, LoadRequest, LoadedModel, NamedAdapter, Prompt, RunConfig, Sampling};

const TEXTS: [&str; 4] =
    ["It is a truth", "universally acknowledged that a single man", "She", "in possession of a good fortune must be"];

fn adapter(name: &str, settings: &str, model: &Path, seed: u64, out: &Path) -> PathBuf {
    let mut strategy = plugin(name);
    strategy.config = serde_json::from_str(settings).expect("settings");
    let out = out.join(format!("{name}-{seed}"));
    let mut config = RunConfig { model: Some(model.to_owned()), seed, ..short(strategy, &out, 6) };
    config.train.learning_rate = Some(0.05);
    config.data.max_length = Some(32);
    run(&config).0.result.expect("an adapter")
}

fn sampling() -> Sampling {
    Sampling { max_tokens: 12, temperature: 0.8, top_p: 0.95, stop: Vec::new(), seed: 3 }
}

fn load(model: &Path, adapters: &[(&str, &Path)]) -> LoadedModel {
    let adapters =
        adapters.iter().map(|(name, path)| NamedAdapter { name: Some((*name).to_owned()), path: path.to_path_buf() });
    let request =
        LoadRequest { model: Some(model.to_owned()), adapters: adapters.collect(), device: DeviceChoice::Cpu };
    host().load(&request, &Control::new(), &mut |_| {}).expect("a model")
}

fn texts(model: &LoadedModel, prompts: &[(&str, Option<&str>)]) -> Vec<String> {
    let prompts: Vec<_> = prompts.iter().map(|(text, adapter)| Prompt::text(*text, *adapter)).collect();
    let generated = model.generate(&prompts, &sampling(), &Control::new(), &mut |_, _| {}).expect("texts");
    generated.into_iter().map(|generated| generated.text).collect()
}

/// Each row alone, and all of them together.
fn rows_are_as_if_alone(model: &LoadedModel, prompts: &[(&str, Option<&str>)]) -> Vec<String> {
    let together = texts(model, prompts);
    for (prompt, text) in prompts.iter().zip(&together) {
        assert_eq!(texts(model, std::slice::from_ref(prompt)), [text.as_str()], "{prompt:?}");
    }
    together
}

#[test]
fn each_row_of_a_batch_has_its_own_adapter() {
    let out = tempfile::tempdir().expect("a folder");
    let model = golden("curve/models/llama");
    let a = adapter("lora", r#"{"rank": 4}"#, &model, 1, out.path());
    let b = adapter("dora", r#"{"rank": 4}"#, &model, 2, out.path());
    let loaded = load(&model, &[("a", &a), ("b", &b)]);
    let prompts =
        [(TEXTS[0], Some("a")), (TEXTS[1], None), (TEXTS[2], Some("b")), (TEXTS[3], Some("a")), (TEXTS[0], Some("b"))];
    let found = rows_are_as_if_alone(&loaded, &prompts);
    assert!(found[0] != found[4], "adapters differ: {found:?}");
    assert_eq!(texts(&load(&model, &[]), &[(TEXTS[1], None)]), [found[1].as_str()], "the base is not touched");
    assert_eq!(texts(&load(&model, &[("x", &b)]), &[(TEXTS[0], Some("x"))]), [found[4].as_str()]);
}

#[test]
fn what_acts_on_all_rows_is_continued_adapter_by_adapter() {
    let out = tempfile::tempdir().expect("a folder");
    let model = golden("curve/models/llama");
    let a = adapter("lora", r#"{"rank": 2, "train_norms": true}"#, &model, 1, out.path());
    let b = adapter("ia3", "{}", &model, 2, out.path());
    let loaded = load(&model, &[("a", &a), ("b", &b)]);
    rows_are_as_if_alone(
        &loaded,
        &[(TEXTS[0], Some("a")), (TEXTS[1], Some("b")), (TEXTS[2], None), (TEXTS[3], Some("a"))],
    );
}

#[test]
fn biases_that_differ_between_rows_do() {
    let out = tempfile::tempdir().expect("a folder");
    let model = golden("curve/models/qwen2");
    let a = adapter("lora", r#"{"rank": 2, "bias": "all"}"#, &model, 1, out.path());
    let b = adapter("ia3", "{}", &model, 2, out.path());
    let loaded = load(&model, &[("a", &a), ("b", &b)]);
    rows_are_as_if_alone(&loaded, &[(TEXTS[0], Some("a")), (TEXTS[0], Some("b")), (TEXTS[0], None)]);
}

#[test]
fn adapters_come_and_go_on_a_model_that_stays() {
    let out = tempfile::tempdir().expect("a folder");
    let model = golden("curve/models/llama");
    let a = adapter("lora", r#"{"rank": 4}"#, &model, 1, out.path());
    let mut loaded = load(&model, &[]);
    loaded.add("a", &a).expect("it fits");
    assert_eq!(loaded.adapters().collect::<Vec<_>>(), ["a"]);
    let with = texts(&loaded, &[(TEXTS[0], Some("a"))]);
    assert!(loaded.add("a", &a).expect_err("taken").to_string().contains("NAME=DIR"));
    let pieces = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pieces);
    let prompt = Prompt::text(TEXTS[0], Some("a"));
    let all = loaded.generate(&[prompt], &sampling(), &Control::new(), &mut |row, _| {
        assert_eq!(row, 0);
        counted.fetch_add(1, Ordering::Relaxed);
    });
    assert_eq!(all.expect("a text")[0].text, with[0]);
    assert!(pieces.load(Ordering::Relaxed) > 1, "the text comes piece by piece");
    assert!(loaded.remove("a") && !loaded.remove("a"));
    let gone = Prompt::text(TEXTS[0], Some("a"));
    let message = loaded.generate(&[gone], &sampling(), &Control::new(), &mut |_, _| {}).expect_err("it is gone");
    assert!(message.to_string().contains("no adapter is called `a` (there are: none)"), "{message}");
}
