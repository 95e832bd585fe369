//! The parameters of a Llama model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Block, FeedForward, Last, Norm, Norms, Sketch};
use graftwork_model::{
    Activation, Architecture, Blocks, Cache, Dimensions, GatedMlp, Head, Input, Layout, ModelError, Parameters,
    Projections, RmsNorm, Sight, Task,
};
use graftwork_plan::ParamId;

use crate::config::LlamaConfig;

/// A Llama model of one configuration.
#[derive(Debug)]
pub(crate) struct Llama {
    config: LlamaConfig,
    task: Task,
    layout: Layout,
    embedding: ParamId,
    layers: Vec<Layer>,
    norm: RmsNorm,
    head: Head,
}

/// One decoder layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    input_norm: RmsNorm,
    attention: Projections,
    post_norm: RmsNorm,
    mlp: GatedMlp,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &LlamaConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let at = |part: &str| format!("model.layers.{index}.{part}");
        Ok(Self {
            input_norm: list.rms_norm(&at("input_layernorm"), d.hidden, config.norm_eps)?,
            attention: Projections::new(list, &at("self_attn"), d, [config.attention_bias; 2])?,
            post_norm: list.rms_norm(&at("post_attention_layernorm"), d.hidden, config.norm_eps)?,
            mlp: GatedMlp::new(list, &at("mlp"), d, config.mlp_bias)?,
        })
    }
}

impl Llama {
    pub(crate) fn new(config: LlamaConfig, task: Task) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = Layout::new("model.", config.dtype);
        let embedding = list.embedding("model.embed_tokens", d.vocabulary, d.hidden)?;
        let layers = (0..d.layers).map(|index| Layer::new(&mut list, index, &config)).collect::<Result<_, _>>()?;
        let norm = list.rms_norm("model.norm", d.hidden, config.norm_eps)?;
        let tied = config.tied.then_some(embedding);
        let head = list.decoder_head(task, "lm_head", [d.hidden, d.vocabulary], tied, config.initializer_range)?;
        Ok(Self { layout: list, task, embedding, layers, norm, head, config })
    }
}

impl Architecture for Llama {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        self.task.class_of(self.config.class)
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn sketch(&self) -> Sketch {
        let block = |layer: &Layer| Block {
            norms: Norms::Before([layer.input_norm, layer.post_norm].map(Norm::Rms)),
            attention: layer.attention.sketch(self.config.rope.turned()),
            feed_forward: FeedForward::Gated(layer.mlp, Activation::Silu),
        };
        Sketch {
            tables: vec![self.embedding],
            first: None,
            blocks: self.layers.iter().map(block).collect(),
            last: Last::Norm(Norm::Rms(self.norm)),
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
        let mask = Mask::causal(input.segments(), input.rows(), past, self.config.window, input.device());
        (x, Box::new(Pass { model: self, sight: Sight { input, mask, rotary } }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Llama,
    sight: Sight<'a>,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (layer, d) = (&self.model.layers[index], &self.model.config.dimensions);
        let qkv = layer.attention.project(parameters, layer.input_norm.apply(parameters, x.clone()));
        let cache = cache.map(|cache| (cache, index));
        let attended = self.sight.attend(qkv, [d.heads, d.kv_heads], d.score_scale(), cache);
        let x = x + layer.attention.output(parameters, attended);
        let h = layer.post_norm.apply(parameters, x.clone());
        x + layer.mlp.apply(parameters, Activation::Silu, h)
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
