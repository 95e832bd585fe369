//! The parameters of a Qwen model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Attention, Block, FeedForward, Last, Norm, Norms, Sketch};
use graftwork_model::{
    Activation, Architecture, Blocks, Cache, Dimensions, GatedMlp, Head, Input, Layout, ModelError, Parameters,
    Projections, RmsNorm, Sight, Task,
};
use graftwork_plan::ParamId;

use crate::config::QwenConfig;

/// A Qwen model of one configuration.
#[derive(Debug)]
pub(crate) struct Qwen {
    config: QwenConfig,
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
    /// Of queries and of keys.
    head_norms: Option<[RmsNorm; 2]>,
    post_norm: RmsNorm,
    mlp: GatedMlp,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &QwenConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let at = |part: &str| format!("model.layers.{index}.{part}");
        let head_norm = |list: &mut Layout, name| list.rms_norm(&at(name), d.head_dim, config.norm_eps);
        Ok(Self {
            input_norm: list.rms_norm(&at("input_layernorm"), d.hidden, config.norm_eps)?,
            attention: Projections::new(list, &at("self_attn"), d, config.biases)?,
            head_norms: match config.head_norms {
                true => Some([head_norm(list, "self_attn.q_norm")?, head_norm(list, "self_attn.k_norm")?]),
                false => None,
            },
            post_norm: list.rms_norm(&at("post_attention_layernorm"), d.hidden, config.norm_eps)?,
            mlp: GatedMlp::new(list, &at("mlp"), d, false)?,
        })
    }
}

impl Qwen {
    pub(crate) fn new(config: QwenConfig, task: Task) -> Result<Self, ModelError> {
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

impl Architecture for Qwen {
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
            attention: Attention {
                head_norms: layer.head_norms.map(|norms| norms.map(Norm::Rms)),
                ..layer.attention.sketch(self.config.rope.turned())
            },
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
        let mask = |window| Mask::causal(input.segments(), input.rows(), past, window, input.device());
        let window = self.config.windows.iter().copied().flatten().next();
        let near = window.map(|window| Sight { input, mask: mask(Some(window)), rotary: rotary.clone() });
        (x, Box::new(Pass { model: self, near, sight: Sight { input, mask: mask(None), rotary } }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Qwen,
    sight: Sight<'a>,
    /// For the layers that see only what is near.
    near: Option<Sight<'a>>,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (layer, d) = (&self.model.layers[index], &self.model.config.dimensions);
        let [q, k, v] = layer.attention.project(parameters, layer.input_norm.apply(parameters, x.clone()));
        let (q, k) = match layer.head_norms {
            Some([q_norm, k_norm]) => (
                q_norm.apply_to_heads(parameters, q, d.heads as usize),
                k_norm.apply_to_heads(parameters, k, d.kv_heads as usize),
            ),
            None => (q, k),
        };
        let cache = cache.map(|cache| (cache, index));
        let near = self.near.as_ref().filter(|_| self.model.config.windows[index].is_some());
        let attended = near.unwrap_or(&self.sight).attend([q, k, v], [d.heads, d.kv_heads], d.score_scale(), cache);
        let x = x + layer.attention.output(parameters, attended);
        let h = layer.post_norm.apply(parameters, x.clone());
        x + layer.mlp.apply(parameters, Activation::Silu, h)
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
