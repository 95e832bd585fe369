//! The parameters of a GPT-NeoX model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Attention, Block, FeedForward, Last, Norm, Norms, Qkv, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Head, Input, LayerNorm, Layout, Linear, ModelError, Parameters, Sight,
    Task,
};
use graftwork_plan::ParamId;

use crate::config::NeoXConfig;

/// A GPT-NeoX model of one configuration.
#[derive(Debug)]
pub(crate) struct NeoX {
    config: NeoXConfig,
    task: Task,
    layout: Layout,
    embedding: ParamId,
    layers: Vec<Layer>,
    norm: LayerNorm,
    head: Head,
}

/// One decoder layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    attention_norm: LayerNorm,
    feed_forward_norm: LayerNorm,
    /// Queries, keys and values of the first head, then of the second, …
    qkv: Linear,
    attention_output: Linear,
    up: Linear,
    down: Linear,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &NeoXConfig) -> Result<Self, ModelError> {
        let (d, eps, bias) = (&config.dimensions, config.norm_eps, config.attention_bias);
        let at = |part: &str| format!("gpt_neox.layers.{index}.{part}");
        Ok(Self {
            attention_norm: list.layer_norm(&at("input_layernorm"), d.hidden, eps)?,
            feed_forward_norm: list.layer_norm(&at("post_attention_layernorm"), d.hidden, eps)?,
            qkv: list.linear(&at("attention.query_key_value"), d.hidden, 3 * d.hidden, bias)?,
            attention_output: list.linear(&at("attention.dense"), d.hidden, d.hidden, bias)?,
            up: list.linear(&at("mlp.dense_h_to_4h"), d.hidden, d.intermediate, true)?,
            down: list.linear(&at("mlp.dense_4h_to_h"), d.intermediate, d.hidden, true)?,
        })
    }
}

impl NeoX {
    pub(crate) fn new(config: NeoXConfig, task: Task) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = Layout::new("gpt_neox.", config.dtype);
        let embedding = list.embedding("gpt_neox.embed_in", d.vocabulary, d.hidden)?;
        let layers = (0..d.layers).map(|index| Layer::new(&mut list, index, &config)).collect::<Result<_, _>>()?;
        let norm = list.layer_norm("gpt_neox.final_layer_norm", d.hidden, config.norm_eps)?;
        let tied = config.tied.then_some(embedding);
        let head = list.decoder_head(task, "embed_out", [d.hidden, d.vocabulary], tied, config.initializer_range)?;
        Ok(Self { layout: list, task, embedding, layers, norm, head, config })
    }
}

impl Architecture for NeoX {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        self.task.class_of("GPTNeoX")
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn sketch(&self) -> Sketch {
        let norms = if self.config.parallel { Norms::Parallel } else { Norms::Before };
        let block = |layer: &Layer| Block {
            norms: norms([layer.attention_norm, layer.feed_forward_norm].map(Norm::Layer)),
            attention: Attention {
                qkv: Qkv::ByHead(layer.qkv),
                head_norms: None,
                turned: self.config.rope.turned(),
                capped: false,
                output: layer.attention_output,
            },
            feed_forward: FeedForward::Plain([layer.up, layer.down], self.config.activation),
        };
        Sketch {
            tables: vec![self.embedding],
            first: None,
            blocks: self.layers.iter().map(block).collect(),
            last: Last::Norm(Norm::Layer(self.norm)),
            causal: true,
        }
    }

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        let x = parameters.embedding(self.embedding, input.ids());
        let rotary = Some(self.config.rope.tables(input, x.dtype()));
        let mask = Mask::causal(input.segments(), input.rows(), past, None, input.device());
        (x, Box::new(Pass { model: self, sight: Sight { input, mask, rotary } }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a NeoX,
    sight: Sight<'a>,
}

impl Pass<'_> {
    /// Queries, keys and values, `[tokens, heads · width]` each, of `[tokens, heads · 3 · width]`.
    fn apart(&self, qkv: Tensor<2>) -> [Tensor<2>; 3] {
        let (d, [tokens, _]) = (&self.model.config.dimensions, qkv.dims());
        let (heads, width) = (d.heads as usize, d.head_dim as usize);
        let heads_together = qkv.reshape([tokens, heads, 3 * width]);
        [0, 1, 2].map(|part| heads_together.clone().narrow(2, part * width, width).reshape([tokens, heads * width]))
    }
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (layer, config) = (&self.model.layers[index], &self.model.config);
        let d = &config.dimensions;
        let h = layer.attention_norm.apply(parameters, x.clone());
        let qkv = self.apart(layer.qkv.apply(parameters, h));
        let cache = cache.map(|cache| (cache, index));
        let attended = self.sight.attend(qkv, [d.heads; 2], d.score_scale(), cache);
        let after = x.clone() + layer.attention_output.apply(parameters, attended);
        let read = if config.parallel { x } else { after.clone() };
        let h = layer.up.apply(parameters, layer.feed_forward_norm.apply(parameters, read));
        after + layer.down.apply(parameters, config.activation.apply(h))
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
