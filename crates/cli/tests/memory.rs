//! What `host check` estimates beside the memory that `host run` takes, and what is said where there is too little.
//!
//! `benches/memory_grid.py` does the same over a large grid, and on a GPU.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::root;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

/// How far off an estimate may be.
const ALLOWED: f64 = 0.10;
const HIDDEN: usize = 256;
const INNER: usize = 704;
const HEADS: usize = 4;
const LAYERS: usize = 4;
const VOCABULARY: usize = 8192;

/// The last line of JSON that `host` prints, and what it warns of.
fn host_with_warnings(dir: &Path, arguments: &[&str]) -> (Value, String) {
    let output = common::host(dir).env("RAYON_NUM_THREADS", "2").args(arguments).output().expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let warnings = lines.iter().filter(|line| line["event"] == "warning");
    let warnings: Vec<_> = warnings.map(|line| line["message"].as_str().expect("a message")).collect();
    (lines.last().expect("a line").clone(), warnings.join("\n"))
}

fn host(dir: &Path, arguments: &[&str]) -> Value {
    host_with_warnings(dir, arguments).0
}

type Shapes = Vec<(String, Vec<usize>)>;

/// A weight, and a bias along one of its axes.
fn both(module: &str, shape: &[usize], axis: usize) -> Shapes {
    let bias = vec![shape[axis.min(shape.len() - 1)]];
    vec![(format!("{module}.weight"), shape.to_vec()), (format!("{module}.bias"), bias)]
}

fn llama() -> (Value, Shapes) {
    let config = json!({
        "model_type": "llama", "hidden_size": HIDDEN, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": HEADS / 2, "vocab_size": VOCABULARY,
        "max_position_embeddings": 2048, "tie_word_embeddings": true, "dtype": "bfloat16",
    });
    let mut shapes: Shapes = vec![
        ("model.embed_tokens.weight".to_owned(), vec![VOCABULARY, HIDDEN]),
        ("model.norm.weight".to_owned(), vec![HIDDEN]),
    ];
    for layer in 0..LAYERS {
        let weights = [
            ("input_layernorm", vec![HIDDEN]),
            ("post_attention_layernorm", vec![HIDDEN]),
            ("self_attn.q_proj", vec![HIDDEN, HIDDEN]),
            ("self_attn.k_proj", vec![HIDDEN / 2, HIDDEN]),
            ("self_attn.v_proj", vec![HIDDEN / 2, HIDDEN]),
            ("self_attn.o_proj", vec![HIDDEN, HIDDEN]),
            ("mlp.gate_proj", vec![INNER, HIDDEN]),
            ("mlp.up_proj", vec![INNER, HIDDEN]),
            ("mlp.down_proj", vec![HIDDEN, INNER]),
        ];
        shapes.extend(weights.map(|(name, shape)| (format!("model.layers.{layer}.{name}.weight"), shape)));
    }
    (config, shapes)
}

fn gpt2() -> (Value, Shapes) {
    let config = json!({
        "model_type": "gpt2", "n_embd": HIDDEN, "n_head": HEADS, "n_layer": LAYERS, "n_positions": 2048,
        "vocab_size": VOCABULARY, "dtype": "bfloat16",
    });
    let table = |name: &str, rows| (format!("transformer.{name}.weight"), vec![rows, HIDDEN]);
    let mut shapes = vec![table("wte", VOCABULARY), table("wpe", 2048)];
    shapes.extend(both("transformer.ln_f", &[HIDDEN], 0));
    for layer in 0..LAYERS {
        let parts = [
            ("ln_1", vec![HIDDEN]),
            ("ln_2", vec![HIDDEN]),
            ("attn.c_attn", vec![HIDDEN, 3 * HIDDEN]),
            ("attn.c_proj", vec![HIDDEN, HIDDEN]),
            ("mlp.c_fc", vec![HIDDEN, 4 * HIDDEN]),
            ("mlp.c_proj", vec![4 * HIDDEN, HIDDEN]),
        ];
        shapes.extend(parts.iter().flat_map(|(name, shape)| both(&format!("transformer.h.{layer}.{name}"), shape, 1)));
    }
    (config, shapes)
}

fn bert() -> (Value, Shapes) {
    let config = json!({
        "model_type": "bert", "architectures": ["BertForSequenceClassification"], "hidden_size": HIDDEN,
        "intermediate_size": 4 * HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "vocab_size": VOCABULARY, "max_position_embeddings": 2048, "id2label": {"0": "even", "1": "odd"},
        "pad_token_id": 3, "dtype": "bfloat16",
    });
    let table = |name: &str, rows| (format!("bert.embeddings.{name}_embeddings.weight"), vec![rows, HIDDEN]);
    let mut shapes = vec![table("word", VOCABULARY), table("position", 2048), table("token_type", 2)];
    shapes.extend(both("bert.embeddings.LayerNorm", &[HIDDEN], 0));
    shapes.extend(both("bert.pooler.dense", &[HIDDEN, HIDDEN], 0));
    shapes.extend(both("classifier", &[2, HIDDEN], 0));
    for layer in 0..LAYERS {
        let parts = [
            ("attention.self.query", vec![HIDDEN, HIDDEN]),
            ("attention.self.key", vec![HIDDEN, HIDDEN]),
            ("attention.self.value", vec![HIDDEN, HIDDEN]),
            ("attention.output.dense", vec![HIDDEN, HIDDEN]),
            ("attention.output.LayerNorm", vec![HIDDEN]),
            ("intermediate.dense", vec![4 * HIDDEN, HIDDEN]),
            ("output.dense", vec![HIDDEN, 4 * HIDDEN]),
            ("output.LayerNorm", vec![HIDDEN]),
        ];
        let at = |name: &str| format!("bert.encoder.layer.{layer}.{name}");
        shapes.extend(parts.iter().flat_map(|(name, shape)| both(&at(name), shape, 0)));
    }
    (config, shapes)
}

/// A folder with weights that are not 0, and norms of 1.
fn folder(path: PathBuf, (config, shapes): (Value, Shapes)) -> String {
    fs::create_dir(&path).expect("a folder");
    fs::write(path.join("config.json"), config.to_string()).expect("written");
    fs::copy(root().join("examples/default/model/tokenizer.json"), path.join("tokenizer.json")).expect("a tokenizer");
    let tensors = shapes.into_iter().map(|(name, shape)| {
        let is_norm = shape.len() == 1 && name.ends_with("weight");
        // bf16: 1, or something below 1/32 in magnitude that changes from one to the next.
        let value = |i: usize| if is_norm { 0x3F80 } else { 0x3C00 | (((i * 2_654_435_761) >> 7) & 0x80FF) as u16 };
        let bytes: Vec<u8> = (0..shape.iter().product()).flat_map(|i| value(i).to_le_bytes()).collect();
        (name, shape, bytes)
    });
    let tensors: Vec<_> = tensors.collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (name, TensorView::new(safetensors::Dtype::BF16, shape.clone(), bytes).expect("a tensor"))
    });
    safetensors::serialize_to_file(views, None, &path.join("model.safetensors")).expect("written");
    path.display().to_string()
}

/// Texts of some length, with labels.
fn labelled(dir: &Path) -> String {
    let text = fs::read_to_string(root().join("examples/default/austen.txt")).expect("a text");
    let words: Vec<_> = text.split_whitespace().take(12_000).collect();
    let line = |(i, words): (usize, &[&str])| {
        let label = if i % 2 == 0 { "even" } else { "odd" };
        json!({"text": words.join(" "), "label": label}).to_string()
    };
    let lines: Vec<_> = words.chunks(500).enumerate().map(line).collect();
    let path = dir.join("labelled.jsonl");
    fs::write(&path, lines.join("\n")).expect("written");
    path.display().to_string()
}

#[test]
fn the_estimate_is_the_memory_that_a_run_takes() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let llama = folder(dir.join("llama"), llama());
    let gpt2 = folder(dir.join("gpt2"), gpt2());
    let bert = folder(dir.join("bert"), bert());
    let (text, labelled) = ("examples/default/austen.txt".to_owned(), labelled(dir));
    let cells = [
        (&llama, &text, "lora", [8, 256], "none"),
        (&llama, &text, "lora", [16, 256], "block"),
        (&llama, &text, "full", [4, 256], "none"),
        (&llama, &text, "dora", [2, 512], "none"),
        (&llama, &text, "oft", [8, 128], "none"),
        (&gpt2, &text, "lora", [8, 256], "none"),
        (&gpt2, &text, "full", [8, 128], "block"),
        (&bert, &labelled, "lora", [8, 256], "none"),
    ];
    let mut off = Vec::new();
    for (index, (model, data, strategy, [rows, length], recompute)) in cells.into_iter().enumerate() {
        let plugin = format!("plugins/{strategy}.wasm");
        let out = dir.join(format!("run-{index}")).display().to_string();
        let (rows, length) = (rows.to_string(), length.to_string());
        let format = if data == &text { "text" } else { "labelled" };
        let mut flags = vec!["--json", "--model", model, "--data", data, "--format", format, "--strategy", &plugin];
        flags.extend(["--eval", "0", "--batch-size", &rows, "--max-length", &length, "--steps", "2"]);
        flags.extend(["--recompute", recompute, "--learning-rate", "1e-5"]);
        let checked = host(dir, &[&["check"], &flags[..]].concat());
        let ran = host(dir, &[&["run"], &flags[..], &["--out", &out]].concat());
        let (estimate, peak) = (&checked["memory"]["total"], &ran["peak_memory_bytes"]);
        let ratio = estimate.as_f64().expect("an estimate") / peak.as_f64().expect("a peak");
        if !((1.0 - ALLOWED)..=(1.0 + ALLOWED)).contains(&ratio) {
            off.push(format!(
                "{model} {strategy} {rows} x {length} {recompute}: {estimate} of {peak} bytes, {ratio:.3}"
            ));
        }
        assert!(peak.as_u64().expect("a peak") > 150 << 20, "{peak} bytes are mostly the program's own");
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

/// What a warning proposes: flags between backticks, and the GiB that they would need.
fn proposals(warning: &str) -> Vec<(Vec<String>, f64)> {
    let (_, proposed) = warning.split_once("GiB: ").expect("what to do comes after what there is");
    let one = |text: &str| {
        let (_, rest) = text.split_once('`')?;
        let (flags, need) = rest.split_once("` would need ")?;
        let need = need.split_whitespace().next()?.parse().ok()?;
        Some((flags.split(' ').map(str::to_owned).collect(), need))
    };
    proposed.split("; or ").filter_map(one).collect()
}

#[test]
fn what_is_too_large_says_what_would_fit_and_that_is_so() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let (mut config, shapes) = llama();
    config["max_position_embeddings"] = json!(1 << 17);
    let model = folder(dir.join("llama"), (config, shapes));
    let text = "examples/default/austen.txt";
    let common = ["check", "--json", "--model", &model, "--data", text, "--format", "text", "--eval", "0"];
    let plugin = ["--strategy", "plugins/lora.wasm", "--recompute", "none", "--gradient-accumulation", "1"];
    let check = |flags: &[&str]| host_with_warnings(dir, &[&common[..], &plugin, flags].concat());
    // Of either the scores of attention alone are hundreds of gibibytes: in many rows, or in one.
    for flags in [["--batch-size", "64", "--max-length", "8192"], ["--batch-size", "1", "--max-length", "65536"]] {
        let (report, warning) = check(&flags);
        let (needed, available) = (&report["memory"]["total"], &report["device_memory"]);
        let (needed, available) = (needed.as_u64().expect("bytes"), available.as_u64().expect("bytes"));
        assert!(needed > available, "{flags:?} needs {needed} of {available}");
        let proposals = proposals(&warning);
        assert!(!proposals.is_empty(), "{warning}");
        for (proposed, gibibytes) in proposals {
            let given = changed(&plugin, &flags, &proposed);
            let (report, warning) =
                host_with_warnings(dir, &[&common[..], &given.iter().map(String::as_str).collect::<Vec<_>>()].concat());
            let total = report["memory"]["total"].as_u64().expect("bytes");
            assert!(
                total <= available && !warning.contains("of memory, and"),
                "{proposed:?}: {total} of {available}; {warning}"
            );
            let found = total as f64 / f64::from(1 << 30);
            assert!(
                (found - gibibytes).abs() <= 0.051,
                "{proposed:?} was said to need {gibibytes} GiB, and needs {found}"
            );
        }
    }
}

/// The flags of both, with what is proposed in the place of what they had.
fn changed(first: &[&str], second: &[&str], proposed: &[String]) -> Vec<String> {
    let given = first.chunks(2).chain(second.chunks(2));
    let kept = given.filter(|pair| !proposed.iter().any(|flag| flag == pair[0])).flatten().map(|&part| part.to_owned());
    kept.chain(proposed.iter().cloned()).collect()
}
