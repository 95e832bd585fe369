//! PEFT adapters as GGUF files: what llama.cpp makes of a file is what PEFT makes of the folder.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Written, copy_of, edit_json, golden, model_folder, real_model, root, rows, weights, written};
use graftwork_gguf::{Gguf, GgufError, Value, write_adapter};
use graftwork_store::{AdapterKey, AdapterPart, ModelDir, Overwrite, PeftAdapter, TensorData};
use serde_json::json;

fn adapter(name: &str) -> PathBuf {
    root().join("tests/golden/adapters").join(name)
}

fn export(adapter: &Path, base: &Path) -> Result<Written, GgufError> {
    Ok(written(|out| write_adapter(adapter, base, out, Overwrite::Never))?.1)
}

/// `scale * B A`, row by row.
fn product(a: &[f32], b: &[f32], rank: usize, scale: f32) -> Vec<Vec<f32>> {
    let width = a.len() / rank;
    let row = |b: &[f32]| (0..width).map(|i| scale * (0..rank).map(|r| b[r] * a[r * width + i]).sum::<f32>()).collect();
    b.chunks(rank).map(row).collect()
}

/// What llama.cpp adds to the weight `name`.
fn in_llama_cpp(gguf: &Gguf, name: &str) -> Vec<Vec<f32>> {
    let (_, a) = gguf.values(&format!("{name}.lora_a")).unwrap();
    let (info, b) = gguf.values(&format!("{name}.lora_b")).unwrap();
    let rank = info.shape[1];
    let Some(Value::F32(alpha)) = gguf.get("adapter.lora.alpha") else { panic!("no alpha") };
    product(&a, &b, rank, alpha / rank as f32)
}

/// What PEFT adds to the weight of `module`.
fn in_peft(peft: &PeftAdapter, module: &str) -> Vec<Vec<f32>> {
    let tensor = |part| peft.tensors[&AdapterKey { module: module.to_owned(), part }.to_string()].to_f32().unwrap();
    let rank = peft.config.rank(module).unwrap();
    let scale = peft.config.scaling(module).unwrap() as f32;
    product(&tensor(AdapterPart::LoraA), &tensor(AdapterPart::LoraB), rank, scale)
}

fn assert_close(ours: &[Vec<f32>], theirs: &[Vec<f32>], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let largest = theirs.iter().flatten().fold(0.0f32, |largest, value| largest.max(value.abs()));
    assert!(largest > 0.0, "{what} adds nothing");
    for (ours, theirs) in ours.iter().flatten().zip(theirs.iter().flatten()) {
        assert!((ours - theirs).abs() <= 1e-5 * largest, "{what}: {ours} and {theirs}");
    }
}

/// Rows in the order in which a Llama of `heads` heads has them in the file.
fn pairs(source: &[Vec<f32>], heads: usize) -> Vec<Vec<f32>> {
    let head = source.len() / heads;
    (0..source.len()).map(|row| source[row / head * head + row % head / 2 + row % 2 * head / 2].clone()).collect()
}

#[test]
fn every_pair_of_a_llama_adds_what_peft_adds() {
    let peft = PeftAdapter::read(&adapter("all-linear")).unwrap();
    let gguf = export(&adapter("all-linear"), &real_model()).unwrap();
    assert_eq!(gguf.tensors().len(), peft.tensors.len());
    assert_eq!(gguf.get("general.type"), Some(&"adapter".into()));
    assert_eq!(gguf.get("adapter.type"), Some(&"lora".into()));
    assert_eq!(gguf.get("general.architecture"), Some(&"llama".into()));
    assert_eq!(gguf.get("adapter.lora.alpha"), Some(&Value::F32(peft.config.lora_alpha as f32)));
    for (from, to, heads) in [
        ("self_attn.q_proj", "attn_q", Some(4)),
        ("self_attn.k_proj", "attn_k", Some(2)),
        ("self_attn.v_proj", "attn_v", None),
        ("self_attn.o_proj", "attn_output", None),
        ("mlp.down_proj", "ffn_down", None),
    ] {
        let theirs = in_peft(&peft, &format!("model.layers.3.{from}"));
        let theirs = heads.map_or(theirs.clone(), |heads| pairs(&theirs, heads));
        assert_close(&in_llama_cpp(&gguf, &format!("blk.3.{to}.weight")), &theirs, from);
    }
}

/// The golden adapter with rsLoRA and patterns, less the norms that it trains in full.
fn patterned() -> tempfile::TempDir {
    let peft = PeftAdapter::read(&adapter("rslora-patterns")).unwrap();
    let mut less = peft.clone();
    less.config.modules_to_save = None;
    less.tensors.retain(|name, _| name.contains("lora_"));
    let folder = tempfile::tempdir().unwrap();
    less.write(folder.path(), Overwrite::Never).unwrap();
    folder
}

#[test]
fn patterns_and_rslora_are_exact() {
    let folder = patterned();
    let peft = PeftAdapter::read(folder.path()).unwrap();
    assert!(peft.config.use_rslora && !peft.config.rank_pattern.is_empty() && !peft.config.alpha_pattern.is_empty());
    let gguf = export(folder.path(), &real_model()).unwrap();
    let mut ranks = std::collections::BTreeSet::new();
    for name in peft.tensors.keys() {
        let key: AdapterKey = name.parse().unwrap();
        if key.part != AdapterPart::LoraA {
            continue;
        }
        ranks.insert(peft.config.rank(&key.module).unwrap());
        let block = key.module.split('.').nth(2).unwrap();
        let (to, heads) = match key.module.rsplit('.').next().unwrap() {
            "q_proj" => ("attn_q", Some(4)),
            "k_proj" => ("attn_k", Some(2)),
            "v_proj" => ("attn_v", None),
            "o_proj" => ("attn_output", None),
            "gate_proj" => ("ffn_gate", None),
            "up_proj" => ("ffn_up", None),
            "down_proj" => ("ffn_down", None),
            other => panic!("{other}"),
        };
        let theirs = in_peft(&peft, &key.module);
        let theirs = heads.map_or(theirs.clone(), |heads| pairs(&theirs, heads));
        assert_close(&in_llama_cpp(&gguf, &format!("blk.{block}.{to}.weight")), &theirs, &key.module);
    }
    assert!(ranks.len() > 1, "the golden adapter has one rank");
}

#[test]
fn an_alpha_of_zero_adds_nothing() {
    let folder = patterned();
    edit_json(&folder.path().join("adapter_config.json"), |config| {
        config["lora_alpha"] = json!(0);
        config["alpha_pattern"] = json!({});
    });
    let gguf = export(folder.path(), &real_model()).unwrap();
    // To llama.cpp an alpha of 0 would be a scale of 1.
    assert_eq!(gguf.get("adapter.lora.alpha"), Some(&Value::F32(1.0)));
    for tensor in gguf.tensors().iter().filter(|tensor| tensor.name.ends_with("lora_b")) {
        assert!(gguf.values(&tensor.name).unwrap().1.iter().all(|value| *value == 0.0));
    }
}

#[test]
fn gpt2_factors_stay_as_they_are_though_its_weights_are_transposed() {
    let peft = PeftAdapter::read(&adapter("gpt2")).unwrap();
    let gguf = export(&adapter("gpt2"), &golden("gpt2")).unwrap();
    assert_close(
        &in_llama_cpp(&gguf, "blk.0.attn_qkv.weight"),
        &in_peft(&peft, "transformer.h.0.attn.c_attn"),
        "c_attn",
    );
}

#[test]
fn gpt_neox_factors_follow_the_order_of_their_rows() {
    let peft = PeftAdapter::read(&adapter("gpt-neox")).unwrap();
    let gguf = export(&adapter("gpt-neox"), &golden("gpt-neox")).unwrap();
    let theirs = in_peft(&peft, "gpt_neox.layers.0.attention.query_key_value");
    let flat: Vec<f32> = theirs.iter().flatten().copied().collect();
    let source = rows(&flat, theirs[0].len());
    let base = ModelDir::open(&golden("gpt-neox")).unwrap();
    let heads = base.config()["num_attention_heads"].as_u64().unwrap() as usize;
    let width = source.len() / heads / 3;
    let expected: Vec<Vec<f32>> = (0..source.len())
        .map(|row| {
            let (part, head, entry) = (row / (heads * width), row / width % heads, row % width);
            source[(head * 3 + part) * width + entry].to_vec()
        })
        .collect();
    assert_close(&in_llama_cpp(&gguf, "blk.0.attn_qkv.weight"), &expected, "query_key_value");
}

#[test]
fn an_adapter_of_an_embedding_of_its_own_is_looked_up_by_token() {
    let peft = PeftAdapter::read(&adapter("embedding")).unwrap();
    let module = "model.embed_tokens";
    let (embedding, rank) = ("token_embd.weight", peft.config.rank(module).unwrap());
    // The real model's embedding is its head; a copy that says otherwise has to have one.
    let untied = tempfile::tempdir().unwrap();
    let folder = untied.path().join("base");
    let dir = ModelDir::open(&real_model()).unwrap();
    let mut weights = weights(&dir);
    let head = dir.tensor("model.embed_tokens.weight").unwrap().to_data();
    weights.push(("lm_head.weight".to_owned(), head));
    let mut config = dir.config().clone();
    config["tie_word_embeddings"] = json!(false);
    model_folder(&folder, &config, &weights);

    let only_embedding = tempfile::tempdir().unwrap();
    let mut less = peft.clone();
    less.tensors.retain(|name, _| name.contains("lora_embedding"));
    less.write(only_embedding.path(), Overwrite::Never).unwrap();
    let gguf = export(only_embedding.path(), &folder).unwrap();
    let (info, a) = gguf.values(&format!("{embedding}.lora_a")).unwrap();
    assert_eq!(info.shape, [4096, rank]);
    let source = peft.tensors[&AdapterKey { module: module.to_owned(), part: AdapterPart::EmbeddingA }.to_string()]
        .to_f32()
        .unwrap();
    for (token, row) in a.chunks(rank).enumerate() {
        assert!(row.iter().enumerate().all(|(r, value)| *value == source[r * 4096 + token]));
    }
    assert_eq!(gguf.values(&format!("{embedding}.lora_b")).unwrap().0.shape, [256, rank]);
}

#[test]
fn what_llama_cpp_does_not_apply_is_refused_with_the_way_out() {
    let refused = |folder: &Path, base: &Path| {
        let scratch = tempfile::tempdir().unwrap();
        let error = write_adapter(folder, base, &scratch.path().join("out"), Overwrite::Never).unwrap_err();
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
        error.to_string()
    };
    let message = refused(&adapter("rslora-patterns"), &real_model());
    assert!(message.contains("trained in full") && message.contains("merge the adapter"), "{message}");
    let message = refused(&adapter("embedding"), &real_model());
    assert!(message.contains("is the head too"), "{message}");
    let message = refused(&adapter("all-linear"), &golden("llama2"));
    assert!(message.contains("give the base that the adapter was trained on"), "{message}");

    let folder = patterned();
    edit_json(&folder.path().join("adapter_config.json"), |config| config["bias"] = json!("lora_only"));
    let message = refused(folder.path(), &real_model());
    assert!(message.contains("biases"), "{message}");
    let nowhere = copy_of(&real_model(), |config| config["model_type"] = json!("mamba"));
    assert!(refused(folder.path(), nowhere.path()).contains("\"mamba\""));
}

#[test]
fn dora_is_refused() {
    let mut peft = PeftAdapter::read(&adapter("all-linear")).unwrap();
    peft.config.use_dora = true;
    let modules: Vec<String> = peft
        .tensors
        .keys()
        .filter(|name| name.ends_with(".lora_B.weight"))
        .map(|name| name.trim_end_matches(".lora_B.weight").to_owned())
        .collect();
    for module in modules {
        let rows = peft.tensors[&format!("{module}.lora_B.weight")].shape()[0];
        let magnitude = TensorData::from_f32(&vec![1.0; rows], &[rows]).unwrap();
        peft.tensors.insert(format!("{module}.lora_magnitude_vector"), magnitude);
    }
    let folder = tempfile::tempdir().unwrap();
    peft.write(folder.path(), Overwrite::Never).unwrap();
    let error = export(folder.path(), &real_model()).unwrap_err();
    assert!(error.to_string().contains("does not apply DoRA"), "{error}");
}
