//! Models that exist by their parameters' names and shapes alone, for trying plugins on.

use std::sync::Arc;

use graftwork_plan::{Dtype, Manifest, Param, ParamId, Role, Shape};
use serde_json::{Value, json};

/// The sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Blocks.
    pub layers: u32,
    /// Width of the hidden states.
    pub hidden: u64,
    /// Width of keys and values together.
    pub keys: u64,
    /// Width within the feed-forward part.
    pub inner: u64,
    /// Entries of the embedding.
    pub vocabulary: u64,
}

const SMALL: Sizes = Sizes { layers: 2, hidden: 16, keys: 8, inner: 32, vocabulary: 64 };
const ODD: Sizes = Sizes { layers: 3, hidden: 17, keys: 1, inner: 3, vocabulary: 51 };
const LEAST: Sizes = Sizes { layers: 1, hidden: 1, keys: 1, inner: 1, vocabulary: 2 };

/// A model of each kind: names as Llama, GPT-2 and BERT have them; the head tied or not; biases or none; sizes that are
/// even, odd, and 1.
#[must_use]
pub fn all() -> Vec<(&'static str, Arc<Manifest>)> {
    vec![
        ("a Llama with a tied head", llama(SMALL, true, false)),
        ("a Llama with a head of its own and biases", llama(SMALL, false, true)),
        ("a GPT-2", gpt2(SMALL)),
        ("a BERT", bert(SMALL)),
        ("a Llama of sizes 17, 3 and 1", llama(ODD, true, true)),
        ("a Llama of size 1", llama(LEAST, false, false)),
    ]
}

/// A model with names as Llama has them.
#[must_use]
pub fn llama(sizes: Sizes, tied: bool, biases: bool) -> Arc<Manifest> {
    let Sizes { layers, hidden, keys, inner, vocabulary } = sizes;
    let mut model = Model::default();
    model.push("model.embed_tokens.weight", &[vocabulary, hidden], Role::Embedding, None);
    for layer in 0..layers {
        let at = format!("model.layers.{layer}");
        let linear = [
            ("self_attn.q_proj", hidden, hidden),
            ("self_attn.k_proj", keys, hidden),
            ("self_attn.v_proj", keys, hidden),
            ("self_attn.o_proj", hidden, hidden),
            ("mlp.gate_proj", inner, hidden),
            ("mlp.up_proj", inner, hidden),
            ("mlp.down_proj", hidden, inner),
        ];
        for (name, out, from) in linear {
            model.linear(&format!("{at}.{name}"), [out, from], biases, layer);
        }
        for norm in ["input_layernorm", "post_attention_layernorm"] {
            model.push(&format!("{at}.{norm}.weight"), &[hidden], Role::Norm, Some(layer));
        }
    }
    model.push("model.norm.weight", &[hidden], Role::Norm, None);
    model.push("lm_head.weight", &[vocabulary, hidden], Role::Head, None);
    if tied {
        model.tie_last_to_first();
    }
    model.finish("llama", sizes, tied)
}

/// A model with names as GPT-2 has them: one weight for queries, keys and values, biases, learned positions.
fn gpt2(sizes: Sizes) -> Arc<Manifest> {
    let Sizes { layers, hidden, inner, vocabulary, .. } = sizes;
    let mut model = Model::default();
    model.push("wte.weight", &[vocabulary, hidden], Role::Embedding, None);
    model.push("wpe.weight", &[32, hidden], Role::Embedding, None);
    for layer in 0..layers {
        let at = format!("h.{layer}");
        let linear = [
            ("attn.c_attn", 3 * hidden, hidden),
            ("attn.c_proj", hidden, hidden),
            ("mlp.c_fc", inner, hidden),
            ("mlp.c_proj", hidden, inner),
        ];
        for (name, out, from) in linear {
            model.linear(&format!("{at}.{name}"), [out, from], true, layer);
        }
        for norm in ["ln_1", "ln_2"] {
            model.norm(&format!("{at}.{norm}"), hidden, Some(layer));
        }
    }
    model.norm("ln_f", hidden, None);
    model.push("lm_head.weight", &[vocabulary, hidden], Role::Head, None);
    model.tie_last_to_first();
    model.finish("gpt2", sizes, true)
}

/// A model with names as BERT has them, with a head for classes.
fn bert(sizes: Sizes) -> Arc<Manifest> {
    let Sizes { layers, hidden, inner, vocabulary, .. } = sizes;
    let mut model = Model::default();
    for (name, entries) in [("word", vocabulary), ("position", 32), ("token_type", 2)] {
        let name = format!("bert.embeddings.{name}_embeddings.weight");
        model.push(&name, &[entries, hidden], Role::Embedding, None);
    }
    model.norm("bert.embeddings.LayerNorm", hidden, None);
    for layer in 0..layers {
        let at = format!("bert.encoder.layer.{layer}");
        let linear = [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", inner, hidden),
            ("output.dense", hidden, inner),
        ];
        for (name, out, from) in linear {
            model.linear(&format!("{at}.{name}"), [out, from], true, layer);
        }
        for norm in ["attention.output.LayerNorm", "output.LayerNorm"] {
            model.norm(&format!("{at}.{norm}"), hidden, Some(layer));
        }
    }
    model.push("classifier.weight", &[3, hidden], Role::Head, None);
    model.push("classifier.bias", &[3], Role::Bias, None);
    model.finish("bert", sizes, false)
}

/// A model that grows.
#[derive(Default)]
struct Model(Vec<Param>);

impl Model {
    fn push(&mut self, name: &str, dims: &[u64], role: Role, layer: Option<u32>) {
        // The sizes of these models are small and above 0: there is always a shape.
        if let Ok(shape) = Shape::new(dims) {
            self.0.push(Param { name: name.to_owned(), shape, dtype: Dtype::F32, role, layer, tied_to: None });
        }
    }

    fn linear(&mut self, module: &str, [out, from]: [u64; 2], bias: bool, layer: u32) {
        self.push(&format!("{module}.weight"), &[out, from], Role::Linear, Some(layer));
        if bias {
            self.push(&format!("{module}.bias"), &[out], Role::Bias, Some(layer));
        }
    }

    fn norm(&mut self, module: &str, hidden: u64, layer: Option<u32>) {
        for part in ["weight", "bias"] {
            self.push(&format!("{module}.{part}"), &[hidden], Role::Norm, layer);
        }
    }

    fn tie_last_to_first(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.tied_to = Some(ParamId(0));
        }
    }

    fn finish(self, architecture: &str, sizes: Sizes, tied: bool) -> Arc<Manifest> {
        let config = config(architecture, sizes, tied);
        Arc::new(Manifest { architecture: architecture.to_owned(), config, params: self.0 })
    }
}

/// What a plugin may read of the model's config.json.
fn config(architecture: &str, sizes: Sizes, tied: bool) -> Value {
    let Sizes { layers, hidden, inner, vocabulary, .. } = sizes;
    json!({
        "model_type": architecture,
        "num_hidden_layers": layers,
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_attention_heads": 1,
        "vocab_size": vocabulary,
        "tie_word_embeddings": tied,
    })
}

/// The module names of a model's linear layers, without what tells one block from another: `q_proj`, `dense`.
#[must_use]
pub fn layer_names(manifest: &Manifest) -> Vec<String> {
    let linear = manifest.params.iter().filter(|p| p.role == Role::Linear);
    let mut names: Vec<String> = linear.filter_map(|p| p.module().rsplit('.').next().map(str::to_owned)).collect();
    names.sort_unstable();
    names.dedup();
    names
}
