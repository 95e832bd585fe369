//! The forward pass of a Llama model.

use burn::tensor::Tensor;
use graftwork_kernels::attention::{Mask, attention};
use graftwork_kernels::gate::swiglu;
use graftwork_kernels::norm::rms_norm;
use graftwork_kernels::rotary::Rotary;
use graftwork_model::{Architecture, Cache, Dimensions, Head, Input, ModelError, Parameters};
use graftwork_plan::{Param, ParamId};

use crate::config::LlamaConfig;
use crate::params::{Layer, Layout, Linear};

/// A Llama model of one configuration.
#[derive(Clone, Debug)]
pub struct Llama {
    config: LlamaConfig,
    layout: Layout,
}

impl Llama {
    /// The model that a configuration describes.
    ///
    /// # Errors
    /// Its sizes multiply to more than a tensor may have.
    pub fn new(config: LlamaConfig) -> Result<Self, ModelError> {
        let layout = Layout::new(&config)?;
        Ok(Self { config, layout })
    }
}

impl Architecture for Llama {
    fn params(&self) -> &[Param] {
        &self.layout.params
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        Head { weight: self.layout.head, bias: None }
    }

    fn forward(&self, parameters: &dyn Parameters, input: &Input, mut cache: Option<&mut Cache>) -> Tensor<2> {
        let mut x = parameters.embedding(self.layout.embedding, input.ids());
        let past = cache.as_ref().map_or(0, |c| c.length());
        let frequencies = &self.config.frequencies;
        let pass = Pass {
            model: self,
            parameters,
            input,
            rotary: Rotary::new(
                input.positions(),
                input.rows(),
                &frequencies.per_position,
                frequencies.amplitude,
                x.dtype(),
                input.device(),
            ),
            mask: Mask::causal(input.segments(), input.rows(), past, self.config.sliding_window, input.device()),
        };
        for (index, layer) in self.layout.layers.iter().enumerate() {
            x = pass.layer(index, layer, x, cache.as_deref_mut());
        }
        pass.norm(self.layout.norm, x)
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Llama,
    parameters: &'a dyn Parameters,
    input: &'a Input,
    rotary: Rotary,
    mask: Mask,
}

impl Pass<'_> {
    fn norm(&self, scale: ParamId, x: Tensor<2>) -> Tensor<2> {
        rms_norm(x, self.parameters.value(scale), self.model.config.norm_eps)
    }

    fn linear(&self, layer: Linear, x: Tensor<2>) -> Tensor<2> {
        self.parameters.linear(layer.weight, layer.bias, x)
    }

    fn layer(&self, index: usize, layer: &Layer, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let attended = self.attention(index, layer, self.norm(layer.input_norm, x.clone()), cache);
        let x = x + attended;
        let h = self.norm(layer.post_norm, x.clone());
        let gated = swiglu(self.linear(layer.gate, h.clone()), self.linear(layer.up, h));
        x + self.linear(layer.down, gated)
    }

    fn attention(&self, index: usize, layer: &Layer, h: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let d = &self.model.config.dimensions;
        let (rows, length) = (self.input.rows(), self.input.length());
        let (heads, kv_heads, dim) = (d.heads as usize, d.kv_heads as usize, d.head_dim as usize);
        let split = |x: Tensor<2>, heads: usize| x.reshape([rows, length, heads, dim]).swap_dims(1, 2);
        let q = self.rotary.apply(split(self.linear(layer.q, h.clone()), heads));
        let k = self.rotary.apply(split(self.linear(layer.k, h.clone()), kv_heads));
        let v = split(self.linear(layer.v, h), kv_heads);
        let (k, v) = match cache {
            Some(cache) => cache.extend(index, k, v),
            None => (k, v),
        };
        let out = attention(q, k, v, &self.mask, 1.0 / (dim as f64).sqrt());
        self.linear(layer.o, out.swap_dims(1, 2).reshape([rows * length, heads * dim]))
    }
}
