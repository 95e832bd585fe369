//! `host merge` and `host generate` with several adapters, and what a merge of a large model takes.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use safetensors::tensor::TensorView;
use serde_json::{Value, json};

fn host(home: &Path, arguments: &[&str]) -> Output {
    common::host(home).args(arguments).output().expect("host runs")
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(output: &Output, parts: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} not in: {message}");
}

const MODEL: &str = "tests/golden/curve/models/llama";

/// A short run; gives its folder.
fn trained(dir: &Path, strategy: &str, seed: &str) -> String {
    let out = dir.join(format!("{strategy}-{seed}")).display().to_string();
    let plugin = format!("plugins/{strategy}.wasm");
    let data = "tests/golden/curve/austen-200.jsonl";
    let mut arguments = vec!["run", "--strategy", &plugin, "--model", MODEL, "--data", data, "--max-length", "32"];
    arguments.extend(["--steps", "4", "--learning-rate", "0.05", "--seed", seed, "--out", &out]);
    said(&host(&dir.join("home"), &arguments));
    out
}

#[test]
fn adapters_are_merged_and_used_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().join("home");
    let (a, b) = (trained(dir.path(), "lora", "1"), trained(dir.path(), "dora", "2"));
    let at = |name: &str| dir.path().join(name).display().to_string();

    let weights = ["--weights", "0.7,-0.3"];
    let ties = ["--composer", "plugins/ties.wasm", "--set", "density=0.5"];
    let forms: [(&[&str], &str); 3] = [
        (&[], "config.json"),
        (&["--as", "adapter"], "graftwork.json"),
        (&["--as", "lora", "--rank", "4"], "adapter_config.json"),
    ];
    for (index, (form, file)) in forms.into_iter().enumerate() {
        let out = at(&format!("merged-{index}"));
        let arguments = [&["merge", &a, &b, "--out", &out][..], &weights, &ties, form].concat();
        let text = said(&host(&home, &arguments));
        assert!(text.contains("parameters changed") && Path::new(&out).join(file).exists(), "{text}");
        assert_eq!(text.contains("leaves out"), form.contains(&"lora"), "{text}");
        refused(&host(&home, &arguments), &["already exists"]);
    }
    refused(&host(&home, &["merge", &a, &b, "--weights", "1", "--out", &at("none")]), &["1 weights for 2 sources"]);
    refused(&host(&home, &["merge", &a, "--rank", "4", "--out", &at("none")]), &["--as lora"]);

    let named = format!("second={b}");
    let both = ["--model", MODEL, "--adapter", &a, "--adapter", &named, "--max-tokens", "6"];
    let generate = |prompts: &[&str], more: &[&str]| host(&home, &[&["generate"], prompts, &both, more].concat());
    let one = said(&generate(&["It is"], &["--use", "second"]));
    let rows = said(&generate(&["It is", "It is", "It is"], &["--use", "lora-1", "--use", "second", "--use", "base"]));
    let lines: Vec<&str> = rows.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(lines.len(), 3, "{rows}");
    assert!(lines[1].starts_with("[second] It is") && lines[1].ends_with(one.trim_end_matches('\n')), "{rows}{one}");
    refused(&generate(&["It is"], &[]), &["say which adapter", "lora-1", "second"]);
    refused(&generate(&["It is"], &["--use", "third"]), &["no adapter is called `third`", "lora-1, second"]);
    refused(&generate(&["It is"], &["--use", "base", "--use", "second"]), &["2 names for 1 prompts"]);
}

/// Tensors of zeros and small numbers, in f32.
fn save(path: &Path, tensors: &[(String, Vec<usize>)]) {
    let bytes: BTreeMap<&str, Vec<u8>> = tensors
        .iter()
        .map(|(name, shape)| {
            let count: usize = shape.iter().product();
            let values = (0..count).flat_map(|i| ((i % 251) as f32 / 25100.0).to_le_bytes());
            (name.as_str(), values.collect())
        })
        .collect();
    let view = |(name, shape): &(String, Vec<usize>)| {
        let view = TensorView::new(safetensors::Dtype::F32, shape.clone(), &bytes[name.as_str()]).expect("a tensor");
        (name.clone(), view)
    };
    let metadata = Some([("format".to_owned(), "pt".to_owned())].into());
    safetensors::serialize_to_file(tensors.iter().map(view), metadata, path).expect("written");
}

/// A Llama of half a gigabyte in shards of about 110 MB, and a LoRA of it.
fn large(dir: &Path) -> (String, String, u64) {
    const LAYERS: usize = 10;
    let (hidden, inner, vocabulary) = (1024, 2816, 2048);
    let (model, adapter) = (dir.join("model"), dir.join("lora"));
    fs::create_dir_all(&model).expect("a folder");
    fs::create_dir_all(&adapter).expect("a folder");
    let layer = |index: usize| {
        let at = |part: &str, shape: &[usize]| (format!("model.layers.{index}.{part}.weight"), shape.to_vec());
        let attention =
            ["q_proj", "k_proj", "v_proj", "o_proj"].map(|p| at(&format!("self_attn.{p}"), &[hidden, hidden]));
        let norms = ["input_layernorm", "post_attention_layernorm"].map(|p| at(p, &[hidden]));
        let gates = ["gate_proj", "up_proj"].map(|p| at(&format!("mlp.{p}"), &[inner, hidden]));
        attention
            .into_iter()
            .chain(norms)
            .chain(gates)
            .chain([at("mlp.down_proj", &[hidden, inner])])
            .collect::<Vec<_>>()
    };
    let mut shards: Vec<Vec<_>> = (0..LAYERS / 2).map(|pair| [layer(2 * pair), layer(2 * pair + 1)].concat()).collect();
    shards[0].push(("model.embed_tokens.weight".to_owned(), vec![vocabulary, hidden]));
    shards[0].push(("model.norm.weight".to_owned(), vec![hidden]));
    let mut places = BTreeMap::new();
    let mut largest = 0;
    for (index, tensors) in shards.iter().enumerate() {
        let name = format!("model-{:05}-of-{:05}.safetensors", index + 1, shards.len());
        save(&model.join(&name), tensors);
        largest = largest.max(fs::metadata(model.join(&name)).expect("a file").len());
        places.extend(tensors.iter().map(|(tensor, _)| (tensor.clone(), name.clone())));
    }
    let write = |path: PathBuf, value: Value| fs::write(path, value.to_string()).expect("written");
    write(model.join("model.safetensors.index.json"), json!({"metadata": {}, "weight_map": places}));
    write(
        model.join("config.json"),
        json!({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": hidden, "intermediate_size": inner,
            "num_hidden_layers": LAYERS, "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": vocabulary,
            "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 1e4, "tie_word_embeddings": true,
            "torch_dtype": "float32"}),
    );
    let factors = (0..LAYERS).flat_map(|index| {
        let at = |factor: &str, shape: [usize; 2]| {
            (format!("base_model.model.model.layers.{index}.mlp.down_proj.{factor}.weight"), shape.to_vec())
        };
        [at("lora_A", [4, inner]), at("lora_B", [hidden, 4])]
    });
    save(&adapter.join("adapter_model.safetensors"), &factors.collect::<Vec<_>>());
    write(
        adapter.join("adapter_config.json"),
        json!({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "target_modules": ["down_proj"],
            "base_model_name_or_path": model.display().to_string()}),
    );
    (model.display().to_string(), adapter.display().to_string(), largest)
}

#[test]
fn a_merge_takes_less_memory_than_one_and_a_half_shards() {
    let dir = tempfile::tempdir().expect("a folder");
    let (model, adapter, shard) = large(dir.path());
    let (home, out) = (dir.path().join("home"), dir.path().join("merged").display().to_string());
    let arguments = ["merge", &adapter, "--model", &model, "--out", &out, "--max-shard-size", "0.11", "--json"];
    let text = said(&host(&home, &arguments));
    let report: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!(report["changed"], 10);
    let files = fs::read_dir(&out)
        .expect("a folder")
        .flatten()
        .filter(|f| f.path().extension().is_some_and(|e| e == "safetensors"));
    assert!(files.count() > 4, "in shards");
    #[cfg(target_os = "linux")]
    {
        let peak = report["peak_memory_bytes"].as_u64().expect("a peak");
        assert!(peak < shard * 3 / 2, "{peak} bytes at the peak, for shards of {shard}");
    }
}
