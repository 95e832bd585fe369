//! Model folders as GGUF files: where every weight goes, and what becomes of its values.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::{Written, bare, copy_of, export, golden, model_folder, real_model, rows, weight, weights};
use graftwork_gguf::{ElementType, Gguf, GgufError, ModelOptions, Precision, Value, Vocabulary, write_model};
use graftwork_store::{ModelDir, Overwrite, StoreError, TensorData};
use serde_json::json;
use tempfile::TempDir;

const PRECISIONS: [Precision; 4] = [Precision::F32, Precision::F16, Precision::Bf16, Precision::Q8_0];

fn of(model: &str) -> (ModelDir, Written) {
    let path = golden(model);
    (ModelDir::open(&path).unwrap(), export(&path, &bare(Precision::F32)).unwrap().1)
}

/// Both as they are: `from` in the folder, `to` in the file.
fn assert_same(dir: &ModelDir, gguf: &Gguf, from: &str, to: &str) {
    let (shape, values) = weight(dir, from);
    let (info, written) = gguf.values(to).unwrap();
    assert_eq!((&info.shape, written), (&shape, values), "{from} and {to}");
}

#[test]
fn a_llama_is_written_weight_by_weight() {
    let (dir, gguf) = of("llama3");
    for (from, to) in [
        ("model.embed_tokens.weight", "token_embd.weight"),
        ("model.norm.weight", "output_norm.weight"),
        ("lm_head.weight", "output.weight"),
        ("model.layers.1.input_layernorm.weight", "blk.1.attn_norm.weight"),
        ("model.layers.1.post_attention_layernorm.weight", "blk.1.ffn_norm.weight"),
        ("model.layers.0.self_attn.v_proj.weight", "blk.0.attn_v.weight"),
        ("model.layers.0.self_attn.o_proj.weight", "blk.0.attn_output.weight"),
        ("model.layers.1.mlp.gate_proj.weight", "blk.1.ffn_gate.weight"),
        ("model.layers.1.mlp.up_proj.weight", "blk.1.ffn_up.weight"),
        ("model.layers.1.mlp.down_proj.weight", "blk.1.ffn_down.weight"),
    ] {
        assert_same(&dir, &gguf, from, to);
    }
    // Two blocks of nine, embedding, norm, head, and the divisors of frequencies.
    assert_eq!(gguf.tensors().len(), 22);
    let expected = [
        ("general.architecture", "llama".into()),
        ("general.type", "model".into()),
        ("general.name", "llama3".into()),
        ("general.file_type", Value::U32(0)),
        ("llama.block_count", Value::U32(2)),
        ("llama.context_length", Value::U32(256)),
        ("llama.embedding_length", Value::U32(48)),
        ("llama.feed_forward_length", Value::U32(40)),
        ("llama.attention.head_count", Value::U32(4)),
        ("llama.attention.head_count_kv", Value::U32(2)),
        ("llama.attention.key_length", Value::U32(12)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.rope.dimension_count", Value::U32(12)),
        ("llama.rope.freq_base", Value::F32(500_000.0)),
        ("llama.vocab_size", Value::U32(96)),
        ("tokenizer.ggml.model", "none".into()),
    ];
    for (key, value) in expected {
        assert_eq!(gguf.get(key), Some(&value), "{key}");
    }
}

#[test]
fn rotary_halves_become_pairs() {
    let (dir, gguf) = of("bias");
    for (from, to, heads) in [("q_proj", "attn_q", 4), ("k_proj", "attn_k", 2)] {
        for (parameter, width) in [("weight", 48), ("bias", 1)] {
            let (shape, source) = weight(&dir, &format!("model.layers.1.self_attn.{from}.{parameter}"));
            let (info, written) = gguf.values(&format!("blk.1.{to}.{parameter}")).unwrap();
            assert_eq!(info.shape, shape);
            let (source, written) = (rows(&source, width), rows(&written, width));
            let head = source.len() / heads;
            for (row, values) in written.into_iter().enumerate() {
                // Entries i and i + head / 2 of a head turn together: they are neighbours in the file.
                let (start, pair, second) = (row / head * head, row % head / 2, row % 2);
                assert_eq!(values, source[start + pair + second * head / 2], "{to}.{parameter}, row {row}");
            }
        }
    }
}

#[test]
fn a_tied_head_is_left_to_the_embedding() {
    let (_, tied) = of("tied");
    assert!(tied.tensors().iter().all(|tensor| tensor.name != "output.weight"));
    assert_eq!(tied.tensors().len(), 20);
}

#[test]
fn shards_and_types_of_a_folder_make_no_difference() {
    for name in ["sharded-f16", "sharded-bf16"] {
        let (dir, gguf) = of(name);
        assert_same(&dir, &gguf, "model.layers.1.mlp.down_proj.weight", "blk.1.ffn_down.weight");
        assert_eq!(gguf.tensors().len(), 21);
    }
}

#[test]
fn both_spellings_of_a_configuration_give_the_same_file() {
    for name in ["llama3", "rope-linear", "rope-yarn"] {
        let (_, modern) = of(name);
        let old = fs::read(golden(name).join("config.v4.json")).unwrap();
        let copy = copy_of(&golden(name), |config| *config = serde_json::from_slice(&old).unwrap());
        let (_, old) = export(copy.path(), &bare(Precision::F32)).unwrap();
        let without_name = |gguf: &Gguf| {
            let mut metadata = gguf.metadata().clone();
            metadata.remove("general.name");
            metadata
        };
        assert_eq!(without_name(&old), without_name(&modern));
        for tensor in modern.tensors() {
            assert_eq!(old.values(&tensor.name).unwrap(), modern.values(&tensor.name).unwrap());
        }
    }
}

#[test]
fn scaled_positions_are_said_as_llama_cpp_reads_them() {
    let (_, llama3) = of("llama3");
    let (info, divisors) = llama3.values("rope_freqs.weight").unwrap();
    assert_eq!(info.shape, [6]);
    // By the comment in tests/oracles/families.py: one frequency is kept, one blended, four divided.
    assert_eq!(divisors[0], 1.0);
    assert!(divisors[1] > 1.0 && divisors[1] < 8.0);
    assert!(divisors[2..].iter().all(|divisor| (divisor - 8.0).abs() < 1e-5), "{divisors:?}");

    let (_, linear) = of("rope-linear");
    assert_eq!(linear.get("llama.rope.scaling.type"), Some(&"linear".into()));
    assert_eq!(linear.get("llama.rope.scaling.factor"), Some(&Value::F32(4.0)));

    let (_, yarn) = of("rope-yarn");
    assert_eq!(yarn.get("llama.rope.scaling.type"), Some(&"yarn".into()));
    assert_eq!(yarn.get("llama.rope.scaling.original_context_length"), Some(&Value::U32(64)));
    assert_eq!(yarn.get("llama.rope.scaling.attn_factor"), Some(&Value::F32(1.0)));
    // A factor on llama.cpp's own, 0.1 ln 4 + 1.
    let given = copy_of(&golden("rope-yarn"), |config| config["rope_parameters"]["attention_factor"] = json!(2.0));
    let (_, given) = export(given.path(), &bare(Precision::F32)).unwrap();
    let Some(Value::F32(factor)) = given.get("llama.rope.scaling.attn_factor") else { panic!("{given:?}") };
    assert!((factor - 2.0 / (0.1 * 4f32.ln() + 1.0)).abs() < 1e-6);
}

#[test]
fn gpt2_is_transposed() {
    for name in ["gpt2", "gpt2-published"] {
        let (dir, gguf) = of(name);
        let from = dir.names().find(|name| name.ends_with("h.0.mlp.c_fc.weight")).unwrap().to_owned();
        let (shape, source) = weight(&dir, &from);
        let (info, written) = gguf.values("blk.0.ffn_up.weight").unwrap();
        assert_eq!(info.shape, [shape[1], shape[0]]);
        for (place, value) in written.iter().enumerate() {
            let (row, column) = (place / shape[0], place % shape[0]);
            assert_eq!(*value, source[column * shape[1] + row]);
        }
        assert!(gguf.values("position_embd.weight").is_ok());
        assert!(gguf.values("blk.1.attn_qkv.bias").is_ok());
    }
}

#[test]
fn gpt_neox_gets_its_queries_keys_and_values_apart() {
    let (dir, gguf) = of("gpt-neox");
    let heads = dir.config()["num_attention_heads"].as_u64().unwrap() as usize;
    let (shape, source) = weight(&dir, "gpt_neox.layers.0.attention.query_key_value.weight");
    let (_, written) = gguf.values("blk.0.attn_qkv.weight").unwrap();
    let (source, written) = (rows(&source, shape[1]), rows(&written, shape[1]));
    let width = shape[0] / heads / 3;
    for head in 0..heads {
        for part in 0..3 {
            for entry in 0..width {
                let (there, here) = ((head * 3 + part) * width + entry, (part * heads + head) * width + entry);
                assert_eq!(written[here], source[there]);
            }
        }
    }
}

#[test]
fn experts_are_stacked_in_their_order() {
    let (dir, gguf) = of("mixtral");
    for (from, to) in [("w1", "gate"), ("w2", "down"), ("w3", "up")] {
        let (info, written) = gguf.values(&format!("blk.1.ffn_{to}_exps.weight")).unwrap();
        let mut all = Vec::new();
        for expert in 0..info.shape[0] {
            let (shape, values) =
                weight(&dir, &format!("model.layers.1.block_sparse_moe.experts.{expert}.{from}.weight"));
            assert_eq!(info.shape[1..], shape);
            all.extend(values);
        }
        assert_eq!(written, all);
    }
    let experts = dir.config()["num_local_experts"].as_u64().unwrap() as u32;
    assert_eq!(gguf.get("llama.expert_count"), Some(&Value::U32(experts)));
    // A router is f32 in every file.
    let (_, small) = export(&golden("mixtral"), &bare(Precision::F16)).unwrap();
    assert_eq!(small.values("blk.0.ffn_gate_inp.weight").unwrap().0.element, ElementType::F32);
}

#[test]
fn gemma_norms_carry_their_one_and_queries_the_scale_that_llama_cpp_does_not_read() {
    for (name, query) in [("gemma2", "self_attn.q_proj"), ("gemma3", "self_attn.q_norm")] {
        let (dir, gguf) = of(name);
        let (_, source) = weight(&dir, "model.layers.0.pre_feedforward_layernorm.weight");
        let (_, written) = gguf.values("blk.0.ffn_norm.weight").unwrap();
        assert_eq!(written, source.iter().map(|value| value + 1.0).collect::<Vec<_>>());

        let config = dir.config();
        let number = |key: &str| config[key].as_f64().unwrap();
        let scale = (number("head_dim") / number("query_pre_attn_scalar")).sqrt() as f32;
        assert_ne!(scale, 1.0, "the golden model does not show the scale");
        let one = if name == "gemma3" { 1.0 } else { 0.0 };
        let (_, source) = weight(&dir, &format!("model.layers.0.{query}.weight"));
        let (_, written) =
            gguf.values(if name == "gemma3" { "blk.0.attn_q_norm.weight" } else { "blk.0.attn_q.weight" }).unwrap();
        assert_eq!(written, source.iter().map(|value| (value + one) * scale).collect::<Vec<_>>());
    }
}

#[test]
fn sliding_layers_are_said_where_they_are_not_the_usual_ones() {
    let (dir, gguf) = of("gemma3");
    let sliding: Vec<bool> =
        dir.config()["layer_types"].as_array().unwrap().iter().map(|kind| kind == "sliding_attention").collect();
    assert_eq!(gguf.get("gemma3.attention.sliding_window_pattern"), Some(&Value::Bools(sliding)));
    let usual = copy_of(&golden("gemma3"), |config| {
        let kinds = config["layer_types"].as_array_mut().unwrap();
        kinds.iter_mut().for_each(|kind| *kind = json!("sliding_attention"));
    });
    let (_, usual) = export(usual.path(), &bare(Precision::F32)).unwrap();
    assert_eq!(usual.get("gemma3.attention.sliding_window_pattern"), None);
}

#[test]
fn phi3_has_factors_for_short_and_long_texts_and_a_warning() {
    let path = golden("phi3-longrope");
    let (report, gguf) = export(&path, &bare(Precision::F32)).unwrap();
    let dir = ModelDir::open(&path).unwrap();
    for which in ["long", "short"] {
        let (_, factors) = gguf.values(&format!("rope_factors_{which}.weight")).unwrap();
        let rope = ["rope_parameters", "rope_scaling"].map(|key| &dir.config()[key]);
        let listed = rope.iter().find_map(|rope| rope[format!("{which}_factor")].as_array()).unwrap();
        assert_eq!(factors, listed.iter().map(|factor| factor.as_f64().unwrap() as f32).collect::<Vec<_>>());
    }
    assert!(report.warnings.iter().any(|warning| warning.contains("long texts")), "{:?}", report.warnings);
    assert!(gguf.get("phi3.rope.scaling.attn_factor").is_some());
}

#[test]
fn other_families_are_complete() {
    for (name, architecture, tensors) in [
        ("qwen2", "qwen2", "blk.1.attn_q.bias"),
        ("qwen3", "qwen3", "blk.1.attn_k_norm.weight"),
        ("phi3", "phi3", "blk.1.ffn_up.weight"),
        ("bert-bare", "bert", "blk.1.layer_output_norm.bias"),
        ("gpt-neox-sequential", "gptneox", "blk.1.ffn_down.bias"),
        ("mistral", "llama", "blk.1.attn_k.weight"),
    ] {
        let (report, gguf) = export(&golden(name), &bare(Precision::F16)).unwrap();
        assert_eq!(report.architecture, architecture);
        assert!(gguf.values(tensors).is_ok(), "{name} has no {tensors}");
        let dir = ModelDir::open(&golden(name)).unwrap();
        let unused = |name: &str| name.starts_with("pooler.") || name == "embeddings.position_ids";
        let weights = dir.names().filter(|name| !unused(name)).count();
        assert_eq!(gguf.tensors().len(), weights, "{name}");
    }
}

#[test]
fn a_window_that_llama_cpp_does_not_compute_is_told() {
    let (report, _) = export(&golden("mistral"), &bare(Precision::F16)).unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert!(report.warnings[0].contains("more than 4 tokens"), "{:?}", report.warnings);
    assert!(export(&golden("llama2"), &bare(Precision::F16)).unwrap().0.warnings.is_empty());
}

#[test]
fn matrices_have_the_precision_asked_for_and_vectors_all_of_it() {
    let dir = ModelDir::open(&real_model()).unwrap();
    for precision in PRECISIONS {
        let (report, gguf) = export(&real_model(), &bare(precision)).unwrap();
        let element = match precision {
            Precision::F32 => ElementType::F32,
            Precision::F16 => ElementType::F16,
            Precision::Bf16 => ElementType::Bf16,
            Precision::Q8_0 => ElementType::Q8_0,
        };
        for tensor in gguf.tensors() {
            let expected = if tensor.shape.len() == 1 { ElementType::F32 } else { element };
            assert_eq!(tensor.element, expected, "{}", tensor.name);
        }
        assert_eq!(report.tensors.values().sum::<usize>(), 56);
        let (_, source) = weight(&dir, "model.layers.2.mlp.down_proj.weight");
        let (_, written) = gguf.values("blk.2.ffn_down.weight").unwrap();
        for (block, stored) in source.chunks(32).zip(written.chunks(32)) {
            let largest = block.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
            let bound = match precision {
                // The folder is in bf16.
                Precision::F32 | Precision::Bf16 => 0.0,
                // Half a unit in the last place of the largest, or of the smallest numbers.
                Precision::F16 => (largest / 2048.0).max(2f32.powi(-25)),
                Precision::Q8_0 => largest / 127.0 * (0.5 + 127.0 / 1024.0),
            };
            for (value, stored) in block.iter().zip(stored) {
                assert!((value - stored).abs() <= bound, "{precision:?}: {value} became {stored}");
            }
        }
    }
}

#[test]
fn rows_that_are_no_whole_blocks_are_f16() {
    let (_, gguf) = export(&golden("llama2"), &bare(Precision::Q8_0)).unwrap();
    // Rows of 48, but for those of the 32 inner features.
    assert_eq!(gguf.values("blk.0.ffn_gate.weight").unwrap().0.element, ElementType::F16);
    assert_eq!(gguf.values("blk.0.ffn_down.weight").unwrap().0.element, ElementType::Q8_0);
    assert_eq!(gguf.get("general.file_type"), Some(&Value::U32(7)));
}

#[test]
fn the_same_folder_gives_the_same_bytes_and_a_file_that_is_there_stays() {
    let scratch = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| scratch.path().join(name));
    let report = write_model(&golden("llama2"), &one, &bare(Precision::F16)).unwrap();
    write_model(&golden("llama2"), &other, &bare(Precision::F16)).unwrap();
    let bytes = fs::read(&one).unwrap();
    assert_eq!(bytes, fs::read(&other).unwrap());
    assert_eq!(report.bytes, bytes.len() as u64);

    let again = write_model(&golden("tied"), &one, &bare(Precision::F16)).unwrap_err();
    assert!(matches!(again, GgufError::Store(StoreError::AlreadyExists { .. })), "{again}");
    assert_eq!(fs::read(&one).unwrap(), bytes);
    let replace = ModelOptions { overwrite: Overwrite::Replace, ..bare(Precision::F16) };
    write_model(&golden("tied"), &one, &replace).unwrap();
    assert_ne!(fs::read(&one).unwrap(), bytes);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 2);
}

/// What is wrong with a folder that is changed by `change`; nothing may be left where the file would be.
fn failure(model: &str, change: impl FnOnce(&mut serde_json::Value)) -> String {
    let copy = copy_of(&golden(model), change);
    let scratch = tempfile::tempdir().unwrap();
    let error = write_model(copy.path(), &scratch.path().join("out"), &bare(Precision::F16)).unwrap_err();
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    error.to_string()
}

#[test]
fn what_llama_cpp_does_not_compute_is_refused() {
    let cases: [(&str, &str, serde_json::Value, &str); 9] = [
        ("llama2", "model_type", json!("mamba"), "\"mamba\" are not exported"),
        ("llama2", "hidden_act", json!("gelu"), "computes only [\"silu\", \"swish\"]"),
        ("llama2", "rope_parameters", json!({"rope_type": "dynamic", "factor": 2.0}), "\"dynamic\""),
        ("rope-yarn", "rope_parameters", json!({"rope_type": "yarn", "factor": 4.0, "beta_fast": 16}), "`beta_fast`"),
        (
            "qwen2",
            "rope_parameters",
            json!({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 64}),
            "does not compute for this family",
        ),
        ("gemma2", "tie_word_embeddings", json!(false), "`tie_word_embeddings`"),
        ("gpt2", "scale_attn_by_inverse_layer_idx", json!(true), "computes only [false]"),
        (
            "phi3-longrope",
            "rope_parameters",
            json!({"rope_type": "longrope", "long_factor": [1.0], "short_factor": [1.0],
            "original_max_position_embeddings": 64}),
            "has 1 and 1 factors",
        ),
        ("gemma3", "layer_types", json!(["full_attention"]), "has 1 entries"),
    ];
    for (model, key, value, expected) in cases {
        let message = failure(model, |config| config[key] = value);
        assert!(message.contains(expected) && message.contains("config.json"), "{message}");
    }
}

#[test]
fn a_configuration_that_does_not_fit_its_weights_is_refused() {
    let cases = [
        ("llama2", "vocab_size", json!(97), "has 96 rows, but by config.json vocab_size is 97"),
        ("llama2", "num_hidden_layers", json!(1), "model.layers.1."),
        ("llama2", "num_hidden_layers", json!(3), "has no tensor \"model.layers.2.input_layernorm.weight\""),
        ("llama2", "num_hidden_layers", json!(2_000_000_000), "llama.cpp takes at most 512"),
        ("llama2", "head_dim", json!(2_000_000_000), "heads of width 2000000000"),
        ("llama2", "num_attention_heads", json!(7), "do not divide by the heads"),
        ("tied", "tie_word_embeddings", json!(false), "has no tensor \"lm_head.weight\""),
        ("llama2", "hidden_size", json!(0), "`hidden_size` is 0"),
        ("llama2", "rms_norm_eps", json!("small"), "`rms_norm_eps`"),
        ("llama2", "num_attention_heads", json!(null), "`num_attention_heads` is missing"),
    ];
    for (model, key, value, expected) in cases {
        let message = failure(model, |config| config[key] = value);
        assert!(message.contains(expected), "{message}");
    }
}

/// The folder of the golden model `name`, with its weights changed.
fn with_weights(name: &str, change: impl FnOnce(&mut Vec<(String, TensorData)>)) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let dir = ModelDir::open(&golden(name)).unwrap();
    let mut weights = weights(&dir);
    change(&mut weights);
    model_folder(&scratch.path().join("model"), dir.config(), &weights);
    scratch
}

#[test]
fn two_weights_of_one_place_are_refused() {
    let folder = with_weights("gpt2", |weights| {
        let (name, norm) = weights.iter().find(|(name, _)| name.ends_with("ln_f.weight")).unwrap().clone();
        weights.push((name.strip_prefix("transformer.").unwrap().to_owned(), norm));
    });
    let error = export(&folder.path().join("model"), &bare(Precision::F16)).unwrap_err();
    assert!(error.to_string().contains("has the same place as"), "{error}");
}

#[test]
fn a_model_of_another_task_is_refused() {
    let error = export(&golden("gpt2-classifier"), &bare(Precision::F16)).unwrap_err();
    assert!(error.to_string().contains("\"score.weight\""), "{error}");
}

#[test]
fn a_value_that_does_not_fit_the_precision_is_refused_by_name() {
    let scratch = with_weights("tied", |weights| {
        let (_, embedding) = weights.iter_mut().find(|(name, _)| name == "model.embed_tokens.weight").unwrap();
        let mut values = embedding.to_f32().unwrap();
        values[1000] = 7e4;
        *embedding = TensorData::from_f32(&values, &[96, 48]).unwrap();
    });
    let folder = scratch.path().join("model");
    let error = export(&folder, &bare(Precision::F16)).unwrap_err();
    assert!(error.to_string().contains("\"token_embd.weight\" has the value 70000"), "{error}");
    let (_, gguf) = export(&folder, &bare(Precision::Bf16)).unwrap();
    assert!((gguf.values("token_embd.weight").unwrap().1[1000] - 7e4).abs() <= 256.0);
}

#[test]
fn a_folder_without_a_tokenizer_needs_a_word() {
    let error = export(&golden("llama2"), &ModelOptions::new(Precision::F16)).unwrap_err();
    assert!(matches!(error, GgufError::NoTokenizer { .. }), "{error}");
    let omitted = ModelOptions { vocabulary: Vocabulary::Omitted, ..ModelOptions::new(Precision::F16) };
    assert!(export(&golden("llama2"), &omitted).is_ok());
}
