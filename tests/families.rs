//! Every family through the host: what PEFT trained, what trains here, and what is merged.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{difference, golden, host, ids, logits, plugin, run, tensor};
use graftwork::{Control, EvalRequest, EvalResult, EvalSplit, MergeRequest, RunConfig, StrategyConfig, TaskKind};
use serde_json::{Value, json};

/// A golden model of each family that predicts the next token.
const DECODERS: [&str; 9] = ["llama3", "mistral", "gpt2", "gpt-neox", "qwen2", "qwen3", "gemma2", "gemma3", "phi3"];

#[test]
fn adapters_that_peft_trained_on_any_family_give_its_logits() {
    for (name, model) in [
        ("gpt2", "gpt2"),
        ("gpt-neox", "gpt-neox"),
        ("qwen3", "qwen3"),
        ("gemma3", "gemma3"),
        ("phi3", "phi3"),
        ("mixtral", "mixtral"),
    ] {
        let folder = golden("adapters").join(name);
        let file = folder.join("logits.safetensors");
        let found = logits(Some(golden("models").join(model)), Some(folder), &ids(&file, "ids"));
        let expected = tensor(&file, "logits");
        let last = &found[found.len() - expected.len()..];
        let worst = difference(last, &expected);
        assert!(worst < 2e-5, "{name}: {worst:e}");
        let effect = difference(last, &tensor(&file, "base_logits"));
        assert!(effect > 1e-2, "{name} changes the base: {effect:e}");
    }
}

/// A golden model with a tokenizer of characters, which its small vocabulary has room for.
fn with_tokenizer(name: &str, to: &Path) -> PathBuf {
    let folder = to.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    for entry in std::fs::read_dir(golden("models").join(name)).expect("the golden model") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
    }
    let special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"];
    let characters = ('a'..='z').chain(['▁', '.', ',', '\'', '-']).map(String::from);
    let tokens: Vec<String> = special.iter().map(|s| (*s).to_owned()).chain(characters).collect();
    let vocabulary: serde_json::Map<String, Value> = (0..).zip(&tokens).map(|(i, t)| (t.clone(), json!(i))).collect();
    let added = (0..).zip(special).map(|(id, content)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    });
    let tokenizer = json!({
        "version": "1.0",
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Lowercase"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]},
        "pre_tokenizer": null,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]},
            },
        },
        "decoder": null,
        "model": {"type": "BPE", "dropout": null, "unk_token": "[UNK]", "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary, "merges": []},
    });
    std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).expect("a file");
    let config = json!({"eos_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "mask_token": "[MASK]", "unk_token": "[UNK]", "tokenizer_class": "PreTrainedTokenizerFast"});
    std::fs::write(folder.join("tokenizer_config.json"), config.to_string()).expect("a file");
    folder
}

fn lora() -> StrategyConfig {
    let mut lora = plugin("lora");
    lora.config.insert("rank".to_owned(), 2.into());
    lora
}

/// A few steps on short texts.
fn config(model: &Path, strategy: StrategyConfig, data: &str, out: &Path) -> RunConfig {
    let mut config = RunConfig { model: Some(model.to_owned()), out: Some(out.to_owned()), ..RunConfig::default() };
    config.strategy.push(strategy);
    config.data.files = vec![golden(data).into()];
    config.data.max_length = Some(24);
    config.data.eval = Some(EvalSplit::fraction(0.05).expect("a fraction"));
    config.train.steps = Some(3);
    config.train.batch_size = 4.try_into().expect("not 0");
    config.train.learning_rate = Some(5e-3);
    config
}

fn eval(model: Option<&Path>, adapter: Option<&Path>, data: &str) -> EvalResult {
    let mut config = RunConfig::default();
    config.data.files = vec![golden(data).into()];
    config.data.max_length = Some(24);
    let request = EvalRequest {
        model: model.map(Path::to_owned),
        adapter: adapter.map(Path::to_owned),
        config,
        batch_size: 16.try_into().expect("not 0"),
    };
    host().eval(&request, &Control::new(), &mut |_| {}).expect("an evaluation")
}

/// Trains all weights and LoRA; what was saved, and what merging gives, is the model that was trained.
fn trains(model: &Path, data: &str, out: &Path) {
    let name = model.file_name().expect("a name").to_string_lossy();
    let full = out.join(format!("{name}-full"));
    let (report, _) = run(&config(model, plugin("full"), data, &full));
    let change = |report: &graftwork::RunReport| {
        let (first, last) = (report.eval_loss.first.expect("a loss"), report.eval_loss.last.expect("a loss"));
        assert!(last.is_finite() && last != first, "{name}: {first} to {last}");
    };
    change(&report);
    let reloaded = eval(Some(&full.join("model")), None, data);
    assert!(reloaded.evaluation.loss.is_finite(), "{name}: what was saved is a model");

    let adapted = out.join(format!("{name}-lora"));
    let (report, losses) = run(&config(model, lora(), data, &adapted));
    change(&report);
    let mut again = config(model, lora(), data, &out.join(format!("{name}-again")));
    again.train.recompute = graftwork::Recompute::Block;
    let (_, recomputed) = run(&again);
    for (kept, recomputed) in losses.iter().zip(&recomputed) {
        assert!((kept - recomputed).abs() < 1e-6 * kept.abs(), "{name}: {kept}, recomputed {recomputed}");
    }
    let with_adapter = eval(None, Some(&adapted), data);
    let merged = out.join(format!("{name}-merged"));
    host().merge(&MergeRequest::new(adapted, &merged), &mut |_| {}).expect("a merge");
    let after = eval(Some(&merged), None, data);
    let (a, b) = (with_adapter.evaluation.loss, after.evaluation.loss);
    assert!((a - b).abs() < 1e-5 * a, "{name}: {a} with the adapter, {b} merged");
    assert_eq!(with_adapter.labels, after.labels, "{name}");
}

#[test]
fn every_decoder_trains_and_merges() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in DECODERS.into_iter().chain(["mixtral"]) {
        trains(&with_tokenizer(name, dir.path()), "curve/austen-200.jsonl", dir.path());
    }
}

#[test]
fn classifiers_train_and_merge() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["bert-mlm", "bert-bare", "llama3", "gpt2", "qwen3", "gemma3"] {
        let model = with_tokenizer(name, dir.path());
        trains(&model, "curve/austen-labelled-200.jsonl", dir.path());
        let adapter = dir.path().join(format!("{name}-lora/adapter"));
        let text = std::fs::read_to_string(adapter.join("adapter_config.json")).expect("PEFT's form");
        let peft: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(peft["task_type"], "SEQ_CLS", "{name}");
        let merged = std::fs::read_to_string(dir.path().join(format!("{name}-merged/config.json"))).expect("a file");
        let merged: Value = serde_json::from_str(&merged).expect("JSON");
        let class = merged["architectures"][0].as_str().expect("a class");
        assert!(class.ends_with("ForSequenceClassification"), "{name}: {class}");
        assert_eq!(merged["id2label"].as_object().expect("labels").len(), 2, "{name}");
    }
}

#[test]
fn a_masked_language_model_trains_and_merges() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["bert-mlm", "bert-bare"] {
        trains(&with_tokenizer(name, dir.path()), "curve/austen-200.jsonl", dir.path());
    }
}

#[test]
fn a_classifiers_f1_is_of_its_classes() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = with_tokenizer("bert-classifier", dir.path());
    let mut two = config(&model, plugin("full"), "curve/austen-labelled-200.jsonl", &dir.path().join("run"));
    two.data.labels = Some(vec!["speech".to_owned(), "narration".to_owned()]);
    run(&two);
    let result = eval(Some(&dir.path().join("run/model")), None, "curve/austen-labelled-200.jsonl");
    let f1 = result.evaluation.f1.expect("classes");
    assert_eq!((result.labels, f1.by_class.len()), (two.data.labels.expect("set"), 2));
    assert_eq!(result.evaluation.perplexity, None);
}

#[test]
fn a_task_that_a_model_cannot_do_is_one_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = with_tokenizer("bert-mlm", dir.path());
    let mut config = config(&model, plugin("full"), "curve/austen-200.jsonl", &dir.path().join("run"));
    config.task = Some(TaskKind::CausalLm);
    assert!(common::failure(&config).contains("the bert family is not made for causal-lm"));
    config.task = None;
    config.data.max_length = Some(100_000);
    assert!(common::failure(&config).contains("positions that the model has"));
    config.data.max_length = None;
    config.sample = Some("once".to_owned());
    assert!(common::failure(&config).contains("continues no texts"));
    assert!(!dir.path().join("run").exists());
}

#[test]
fn classes_keep_their_order_and_their_head() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = "curve/austen-labelled-200.jsonl";
    let model = with_tokenizer("bert-bare", dir.path());
    let first = config(&model, lora(), data, &dir.path().join("first"));
    run(&first);
    let mut swapped = config(&model, lora(), data, &dir.path().join("second"));
    swapped.adapter = Some(dir.path().join("first"));
    swapped.data.labels = Some(vec!["speech".to_owned(), "narration".to_owned()]);
    let message = common::failure(&swapped);
    assert!(message.contains("narration, speech"), "{message}");
    let mut again = config(&model, lora(), data, &dir.path().join("third"));
    again.adapter = Some(dir.path().join("first"));
    let (report, _) = run(&again);
    let before = eval(None, Some(&dir.path().join("first")), data).evaluation.loss;
    assert!((report.eval_loss.first.expect("a loss") - before).abs() < 0.5, "it goes on with the head");

    let request = EvalRequest {
        model: Some(model),
        adapter: None,
        config: RunConfig { data: first.data.clone(), ..RunConfig::default() },
        batch_size: 4.try_into().expect("not 0"),
    };
    let error = host().eval(&request, &Control::new(), &mut |_| {}).expect_err("there is no head").to_string();
    assert!(error.contains("cls.predictions") && error.contains("train it first"), "{error}");
}

#[test]
fn norms_that_train_beside_an_adapter_are_in_its_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = with_tokenizer("gpt2", dir.path());
    let mut strategy = lora();
    strategy.config.insert("train_norms".to_owned(), true.into());
    let out = dir.path().join("run");
    let mut config = config(&model, strategy, "curve/austen-200.jsonl", &out);
    config.data.eval = Some(EvalSplit::Files(vec![golden("curve/austen-200.jsonl")]));
    let (report, _) = run(&config);
    assert!(out.join("adapter/adapter_config.json").exists(), "PEFT has a form for it");
    let after = eval(None, Some(&out), "curve/austen-200.jsonl").evaluation.loss;
    let trained = report.eval_loss.last.expect("a loss");
    assert!((after - trained).abs() < 1e-5 * trained, "{trained}, read again {after}");
}

#[test]
fn a_tokenizer_of_another_model_is_one_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = with_tokenizer("phi3", dir.path());
    let other = common::model().join("tokenizer.json");
    std::fs::copy(other, model.join("tokenizer.json")).expect("a copy");
    std::fs::remove_file(model.join("tokenizer_config.json")).expect("it is there");
    let config = config(&model, lora(), "curve/austen-200.jsonl", &dir.path().join("run"));
    let message = common::failure(&config);
    assert!(message.contains("the tokenizer belongs to another model"), "{message}");
    assert!(!dir.path().join("run").exists());
}
