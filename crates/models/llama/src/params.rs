//! Names, shapes and roles of a Llama model's parameters.

use graftwork_model::ModelError;
use graftwork_plan::{Dtype, Param, ParamId, Role, Shape};

use crate::config::LlamaConfig;

/// A linear layer: its weight and, where the model has one, its bias.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    pub(crate) weight: ParamId,
    pub(crate) bias: Option<ParamId>,
}

/// Parameters of one decoder layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    pub(crate) input_norm: ParamId,
    pub(crate) q: Linear,
    pub(crate) k: Linear,
    pub(crate) v: Linear,
    pub(crate) o: Linear,
    pub(crate) post_norm: ParamId,
    pub(crate) gate: Linear,
    pub(crate) up: Linear,
    pub(crate) down: Linear,
}

/// All parameters, and where the forward pass finds each.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) params: Vec<Param>,
    pub(crate) embedding: ParamId,
    pub(crate) layers: Vec<Layer>,
    pub(crate) norm: ParamId,
    pub(crate) head: ParamId,
}

impl Layout {
    pub(crate) fn new(config: &LlamaConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = List { params: Vec::new(), dtype: config.dtype };
        let embedding =
            list.push("model.embed_tokens.weight".to_owned(), &[d.vocabulary, d.hidden], Role::Embedding, None)?;
        let layers = (0..d.layers as u32).map(|layer| list.layer(layer, config)).collect::<Result<_, _>>()?;
        let norm = list.push("model.norm.weight".to_owned(), &[d.hidden], Role::Norm, None)?;
        let head = list.push("lm_head.weight".to_owned(), &[d.vocabulary, d.hidden], Role::Head, None)?;
        if config.tied {
            list.params[head.index()].tied_to = Some(embedding);
        }
        Ok(Self { params: list.params, embedding, layers, norm, head })
    }
}

struct List {
    params: Vec<Param>,
    dtype: Dtype,
}

impl List {
    fn push(&mut self, name: String, dims: &[u64], role: Role, layer: Option<u32>) -> Result<ParamId, ModelError> {
        let shape = Shape::new(dims).map_err(|e| ModelError::Size { name: name.clone(), message: e.to_string() })?;
        self.params.push(Param { name, shape, dtype: self.dtype, role, layer, tied_to: None });
        Ok(ParamId(self.params.len() as u32 - 1))
    }

    fn linear(&mut self, module: String, out: u64, inner: u64, bias: bool, layer: u32) -> Result<Linear, ModelError> {
        let weight = self.push(format!("{module}.weight"), &[out, inner], Role::Linear, Some(layer))?;
        let bias =
            if bias { Some(self.push(format!("{module}.bias"), &[out], Role::Bias, Some(layer))?) } else { None };
        Ok(Linear { weight, bias })
    }

    fn layer(&mut self, layer: u32, config: &LlamaConfig) -> Result<Layer, ModelError> {
        let d = &config.dimensions;
        let (q, kv) = (d.heads * d.head_dim, d.kv_heads * d.head_dim);
        let at = |part: &str| format!("model.layers.{layer}.{part}");
        let norm = |part: &str| format!("model.layers.{layer}.{part}.weight");
        Ok(Layer {
            input_norm: self.push(norm("input_layernorm"), &[d.hidden], Role::Norm, Some(layer))?,
            q: self.linear(at("self_attn.q_proj"), q, d.hidden, config.attention_bias, layer)?,
            k: self.linear(at("self_attn.k_proj"), kv, d.hidden, config.attention_bias, layer)?,
            v: self.linear(at("self_attn.v_proj"), kv, d.hidden, config.attention_bias, layer)?,
            o: self.linear(at("self_attn.o_proj"), d.hidden, q, config.attention_bias, layer)?,
            post_norm: self.push(norm("post_attention_layernorm"), &[d.hidden], Role::Norm, Some(layer))?,
            gate: self.linear(at("mlp.gate_proj"), d.intermediate, d.hidden, config.mlp_bias, layer)?,
            up: self.linear(at("mlp.up_proj"), d.intermediate, d.hidden, config.mlp_bias, layer)?,
            down: self.linear(at("mlp.down_proj"), d.hidden, d.intermediate, config.mlp_bias, layer)?,
        })
    }
}
