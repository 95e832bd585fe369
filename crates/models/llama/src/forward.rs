//! The forward pass of a Llama model.

use burn::tensor::Tensor;
use graftwork_kernels::attention::{Mask, attention};
use graftwork_kernels::gate::swiglu;
use graftwork_kernels::norm::rms_norm;
use graftwork_kernels::rotary::{LastRotary, Rotary};
use graftwork_model::{Architecture, Blocks, Cache, Dimensions, Head, Input, ModelError, Parameters};
use graftwork_plan::{Param, ParamId};

use crate::config::LlamaConfig;
use crate::params::{self, Layout, Linear};

/// A Llama model of one configuration.
#[derive(Debug)]
pub struct Llama {
    config: LlamaConfig,
    layout: Layout,
    rotary: LastRotary,
}

impl Llama {
    /// The model that a configuration describes.
    ///
    /// # Errors
    /// Its sizes multiply to more than a tensor may have.
    pub fn new(config: LlamaConfig) -> Result<Self, ModelError> {
        let layout = Layout::new(&config)?;
        Ok(Self { config, layout, rotary: LastRotary::default() })
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

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        let x = parameters.embedding(self.layout.embedding, input.ids());
        let frequencies = &self.config.frequencies;
        let pass = Pass {
            model: self,
            input,
            rotary: self.rotary.tables(
                input.positions(),
                input.rows(),
                &frequencies.per_position,
                frequencies.amplitude,
                x.dtype(),
                input.device(),
            ),
            mask: Mask::causal(input.segments(), input.rows(), past, self.config.sliding_window, input.device()),
        };
        (x, Box::new(pass))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Llama,
    input: &'a Input,
    rotary: Rotary,
    mask: Mask,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layout.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        Layer { pass: self, parameters, weights: &self.model.layout.layers[index], index }.apply(x, cache)
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        rms_norm(x, parameters.value(self.model.layout.norm), self.model.config.norm_eps)
    }
}

/// One decoder layer.
struct Layer<'a> {
    pass: &'a Pass<'a>,
    parameters: &'a dyn Parameters,
    weights: &'a params::Layer,
    index: usize,
}

impl Layer<'_> {
    fn norm(&self, scale: ParamId, x: Tensor<2>) -> Tensor<2> {
        rms_norm(x, self.parameters.value(scale), self.pass.model.config.norm_eps)
    }

    fn linear(&self, layer: Linear, x: Tensor<2>) -> Tensor<2> {
        self.parameters.linear(layer.weight, layer.bias, x)
    }

    /// Layers that share an input.
    fn linears<const N: usize>(&self, layers: [Linear; N], x: Tensor<2>) -> [Tensor<2>; N] {
        let weights = layers.map(|layer| (layer.weight, layer.bias));
        let mut results = self.parameters.linears(&weights, x).into_iter();
        #[expect(clippy::expect_used, reason = "the method's contract")]
        weights.map(|_| results.next().expect("a result for each layer"))
    }

    fn apply(&self, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let attended = self.attention(self.norm(self.weights.input_norm, x.clone()), cache);
        let x = x + attended;
        let h = self.norm(self.weights.post_norm, x.clone());
        let [gate, up] = self.linears([self.weights.gate, self.weights.up], h);
        x + self.linear(self.weights.down, swiglu(gate, up))
    }

    fn attention(&self, h: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (pass, weights) = (self.pass, self.weights);
        let d = &pass.model.config.dimensions;
        let (rows, length) = (pass.input.rows(), pass.input.length());
        let (heads, kv_heads, dim) = (d.heads as usize, d.kv_heads as usize, d.head_dim as usize);
        let split = |x: Tensor<2>, heads: usize| x.reshape([rows, length, heads, dim]).swap_dims(1, 2);
        let [q, k, v] = self.linears([weights.q, weights.k, weights.v], h);
        let (q, k, v) = (split(q, heads), split(k, kv_heads), split(v, kv_heads));
        let (q, k) = (pass.rotary.apply(q), pass.rotary.apply(k));
        let (k, v) = match cache {
            Some(cache) => cache.extend(self.index, k, v),
            None => (k, v),
        };
        let out = attention(q, k, v, &pass.mask, 1.0 / (dim as f64).sqrt());
        self.linear(weights.o, out.swap_dims(1, 2).reshape([rows * length, heads * dim]))
    }
}
