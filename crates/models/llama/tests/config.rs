//! Configurations: what is left out, what is spelt in two ways, and what makes no sense.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::sync::Arc;

use graftwork_llama as _;
use graftwork_model::{Architecture, Task, open};
use graftwork_plan::Dtype;
use serde_json::{Value, json};

/// As little as a Llama configuration may have.
fn least() -> Value {
    json!({
        "model_type": "llama",
        "hidden_size": 48,
        "intermediate_size": 40,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "vocab_size": 96,
    })
}

/// The least with other keys besides; a key that is `null` is left out.
fn with(keys: Value) -> Value {
    let mut config = least();
    let (Value::Object(config_keys), Value::Object(keys)) = (&mut config, keys) else { panic!("objects") };
    for (key, value) in keys {
        config_keys.insert(key, value);
    }
    config
}

fn read(keys: Value) -> Arc<dyn Architecture> {
    open(&with(keys), None).expect("a configuration").1
}

fn has(model: &dyn Architecture, name: &str) -> bool {
    model.params().iter().any(|p| p.name == name)
}

#[test]
fn what_is_left_out_is_what_transformers_assumes() {
    let model = read(json!({}));
    let d = model.dimensions();
    assert_eq!((d.kv_heads, d.head_dim, d.max_positions), (4, 12, 2048));
    assert_eq!((model.task(), model.class_name().as_str()), (Task::CausalLm, "LlamaForCausalLM"));
    assert!(model.params().iter().all(|p| p.dtype == Dtype::F32 && p.tied_to.is_none()));
    assert!(!has(&*model, "model.layers.0.self_attn.q_proj.bias") && !has(&*model, "model.layers.0.mlp.up_proj.bias"));
    let nulls = json!({"num_key_value_heads": null, "head_dim": null, "torch_dtype": null, "hidden_act": null,
        "tie_word_embeddings": null});
    assert_eq!(read(nulls).params(), model.params(), "null is left out");
}

#[test]
fn what_is_there_is_read() {
    let model = read(json!({"attention_bias": true, "mlp_bias": true, "tie_word_embeddings": true}));
    assert!(has(&*model, "model.layers.1.self_attn.o_proj.bias") && has(&*model, "model.layers.1.mlp.down_proj.bias"));
    assert!(model.params().iter().any(|p| p.name == "lm_head.weight" && p.tied_to.is_some()));
    for (name, dtype) in
        [("float32", Dtype::F32), ("bfloat16", Dtype::Bf16), ("float16", Dtype::F16), ("float64", Dtype::F64)]
    {
        for key in ["dtype", "torch_dtype"] {
            assert_eq!(read(json!({key: name})).params()[0].dtype, dtype);
        }
    }
}

#[test]
fn a_classifier_has_as_many_classes_as_it_names() {
    let score = |keys: Value| {
        let model = read(keys);
        let score = model.params().iter().find(|p| p.name == "score.weight").expect("a classifier").shape.clone();
        assert!(!has(&*model, "lm_head.weight"));
        (model.class_name(), score.dims().to_vec())
    };
    let class = json!(["MistralForSequenceClassification"]);
    let three = json!({"0": "no", "1": "maybe", "2": "yes"});
    assert_eq!(
        score(json!({"model_type": "mistral", "architectures": class, "id2label": three})),
        ("MistralForSequenceClassification".to_owned(), vec![3, 48])
    );
    let class = json!(["LlamaForSequenceClassification"]);
    assert_eq!(score(json!({"architectures": class})).1, [2, 48], "Transformers' default");
    assert_eq!(score(json!({"architectures": class, "num_labels": 5})).1, [5, 48]);
}

#[test]
fn a_task_is_refused_that_the_family_has_not_got() {
    let error = open(&least(), Some(Task::MaskedLm)).err().expect("refused").to_string();
    assert_eq!(error, "the llama family is not made for masked-lm; it does: causal-lm, sequence-classification");
}

#[test]
fn what_makes_no_sense_is_an_error_that_names_the_key() {
    let rope = |mut keys: Value, kind: &str| {
        keys["rope_type"] = json!(kind);
        json!({ "rope_parameters": keys })
    };
    let cases = [
        (json!({"hidden_size": null}), "config.json has no `hidden_size`"),
        (json!({"intermediate_size": null}), "config.json has no `intermediate_size`"),
        (json!({"num_hidden_layers": null}), "config.json has no `num_hidden_layers`"),
        (json!({"num_attention_heads": null}), "config.json has no `num_attention_heads`"),
        (json!({"vocab_size": null}), "config.json has no `vocab_size`"),
        (json!({"model_type": null}), "config.json has no `model_type`"),
        (json!({"model_type": "t5"}), "models of type `t5` are not supported; there are: llama, mistral"),
        (json!({"model_type": 7}), "`model_type` is 7: invalid type"),
        (json!({"hidden_size": 0}), "`hidden_size` is 0: it must lie between 1 and 2^31"),
        (json!({"hidden_size": -48}), "`hidden_size` is -48: invalid value"),
        (json!({"hidden_size": 48.5}), "`hidden_size` is 48.5: invalid type"),
        (json!({"hidden_size": "48"}), "`hidden_size` is \"48\": invalid type"),
        (json!({"hidden_size": [48]}), "`hidden_size` is [48]: invalid type"),
        (json!({"vocab_size": u64::MAX}), "`vocab_size` is 18446744073709551615: it must lie between"),
        (json!({"num_attention_heads": 5}), "`num_attention_heads` is 5: it must divide hidden_size, 48"),
        (json!({"num_attention_heads": 0}), "`num_attention_heads` is 0"),
        (json!({"num_key_value_heads": 3}), "`num_key_value_heads` is 3: it must divide num_attention_heads, 4"),
        (json!({"num_key_value_heads": 0}), "`num_key_value_heads` is 0: it must divide"),
        (json!({"num_key_value_heads": 8}), "`num_key_value_heads` is 8: it must divide"),
        (json!({"head_dim": 7}), "heads of width 7 cannot be rotated in halves; it must be even, at most 65536"),
        (json!({"head_dim": 0}), "heads of width 0"),
        (json!({"head_dim": 1u64 << 40}), "at most 65536"),
        (json!({"num_attention_heads": 16}), "heads of width 3 cannot be rotated in halves"),
        (json!({"hidden_act": "relu"}), "`hidden_act` is \"relu\": the Llama family uses `silu`"),
        (json!({"dtype": "int8"}), "`dtype` is \"int8\": it must be float32, bfloat16 or float16"),
        (json!({"torch_dtype": "int8"}), "`torch_dtype` is \"int8\""),
        (json!({"rms_norm_eps": -1e-6}), "`rms_norm_eps` is -1e-6: it must not be negative"),
        (json!({"attention_bias": "yes"}), "`attention_bias` is \"yes\": invalid type"),
        (json!({"model_type": "mistral", "sliding_window": 0}), "`sliding_window` is 0: a token has to see itself"),
        (json!({"model_type": "mistral", "sliding_window": -1}), "`sliding_window` is -1: invalid value"),
        (json!({"num_hidden_layers": 1u64 << 30}), "`num_hidden_layers` is 1073741824: no model has that many"),
        // Sizes that are each admitted, but not together.
        (
            json!({"hidden_size": 1u64 << 31, "vocab_size": 1u64 << 31, "head_dim": 12}),
            "`model.embed_tokens.weight` a shape",
        ),
        (json!({"num_attention_heads": 1u64 << 31, "head_dim": 65536}), "`model.layers.0.self_attn.q_proj.weight`"),
        (json!({"intermediate_size": 1u64 << 31}), "`model.layers.0.mlp.gate_proj.weight` a shape that makes no sense"),
        (json!({"rope_theta": 0.5}), "`rope_theta` is 0.5: it must be greater than 1"),
        (json!({"rope_parameters": {"rope_theta": 0.5}}), "`rope_theta` is 0.5: it must be greater than 1"),
        (json!({"rope_parameters": "linear"}), "`rope_parameters` is \"linear\": it must be an object"),
        (json!({"rope_scaling": [2.0]}), "`rope_scaling` is [2.0]: it must be an object"),
        (
            rope(json!({"factor": 2.0}), "dynamic"),
            "`dynamic` is not supported; there are: default, linear, llama3, yarn, longrope",
        ),
        (json!({"rope_scaling": {"type": "su", "short_factor": [1.0]}}), "`short_factor` is [1.0]: it must hold 6"),
        (json!({"partial_rotary_factor": 0.1}), "`partial_rotary_factor` is 0.1: it leaves 1 of 12 entries to turn"),
        (json!({"partial_rotary_factor": 0.25}), "heads of width 3 cannot be rotated in halves"),
        (json!({"architectures": ["LlamaForSequenceClassification"], "num_labels": 0}), "`num_labels` is 0"),
        (
            json!({"architectures": ["LlamaForSequenceClassification"], "id2label": {"1": "yes"}}),
            "it must name the classes 0, 1, … in order",
        ),
        (rope(json!({}), "linear"), "config.json has no `factor`"),
        (rope(json!({"factor": 0}), "linear"), "`factor` is 0: it must be positive"),
        (rope(json!({"factor": "2"}), "linear"), "`factor` is \"2\": invalid type"),
        (rope(json!({"factor": 8.0, "high_freq_factor": 4.0}), "llama3"), "config.json has no `low_freq_factor`"),
        (
            rope(json!({"factor": 8.0, "low_freq_factor": 4.0, "high_freq_factor": 4.0}), "llama3"),
            "`high_freq_factor` is 4.0: it must be greater than low_freq_factor, 4",
        ),
        (
            rope(json!({"factor": 2.0, "original_max_position_embeddings": 0}), "yarn"),
            "`original_max_position_embeddings` is 0: it must be positive",
        ),
        (rope(json!({"factor": 2.0, "beta_fast": 0.0}), "yarn"), "`beta_fast` is 0.0: it must be positive"),
        (rope(json!({"factor": 2.0, "attention_factor": -1.0}), "yarn"), "`attention_factor` is -1.0: it must be"),
        (
            rope(json!({"factor": 2.0, "mscale": -1e9, "mscale_all_dim": 1.0}), "yarn"),
            "`mscale` is -1000000000.0: it must be positive",
        ),
    ];
    for (keys, part) in cases {
        let message = match open(&with(keys.clone()), None) {
            Ok(_) => panic!("{keys} should be refused"),
            Err(error) => error.to_string(),
        };
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    for nothing in [json!([]), json!("llama"), json!(null)] {
        assert!(open(&nothing, None).is_err());
    }
}

#[test]
fn what_a_configuration_says_cannot_fill_a_terminal_or_steer_it() {
    let long = "x".repeat(1_000_000);
    for value in
        [json!("\u{1b}[2J\n\u{9b}31m"), json!(long), json!([long]), json!({ &long: 1 }), json!(vec![0; 1_000_000])]
    {
        for key in ["model_type", "hidden_size", "hidden_act", "layer_types", "rope_scaling", "dtype", "torch_dtype"] {
            let Err(error) = open(&with(json!({ key: value })), None) else { continue };
            let error = error.to_string();
            assert!(error.contains(key) || key == "model_type" || key == "rope_scaling", "{key}: {error:.500}");
            assert!(error.len() < 10_000, "{key}: a message of {} bytes", error.len());
            assert!(!error.chars().any(char::is_control), "{key}: {error:?}");
        }
    }
    // Sizes at the end of what is allowed: more than any memory, and no product that overflows in silence.
    let most = json!({"hidden_size": 1_u64 << 31, "num_attention_heads": 1 << 20, "vocab_size": 1_u64 << 31,
        "intermediate_size": 1_u64 << 31, "num_hidden_layers": 10_000});
    let (_, model) = open(&with(most), None).expect("sizes that a tensor may have");
    assert_eq!(model.params().len(), 3 + 9 * 10_000);
}
