//! The parameters of a Gemma model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::{Mask, Scores};
use graftwork_kernels::norm::rms_norm_from_one;
use graftwork_model::sketch::{self, Attention, Block, FeedForward, Last, Norms, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, GatedMlp, Head, Input, Layout, ModelError, Parameters, Projections,
    RmsNorm, Sight, Task, by_head,
};
use graftwork_plan::ParamId;

use crate::config::GemmaConfig;

/// A Gemma model of one configuration.
#[derive(Debug)]
pub(crate) struct Gemma {
    config: GemmaConfig,
    task: Task,
    layout: Layout,
    embedding: ParamId,
    layers: Vec<Layer>,
    norm: Norm,
    head: Head,
}

/// A root-mean-square norm by `1 + scale`.
#[derive(Clone, Copy, Debug)]
struct Norm(RmsNorm);

impl Norm {
    fn apply(self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        rms_norm_from_one(x, parameters.value(self.0.scale), self.0.eps)
    }
}

/// One decoder layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    before_attention: Norm,
    attention: Projections,
    /// Of queries and of keys.
    head_norms: Option<[Norm; 2]>,
    after_attention: Norm,
    before_feed_forward: Norm,
    mlp: GatedMlp,
    after_feed_forward: Norm,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &GemmaConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let at = |part: &str| format!("model.layers.{index}.{part}");
        let norm = |list: &mut Layout, name, width| list.rms_norm(&at(name), width, config.norm_eps).map(Norm);
        Ok(Self {
            before_attention: norm(list, "input_layernorm", d.hidden)?,
            attention: Projections::new(list, &at("self_attn"), d, [config.attention_bias; 2])?,
            head_norms: match config.head_norms {
                true => {
                    Some([norm(list, "self_attn.q_norm", d.head_dim)?, norm(list, "self_attn.k_norm", d.head_dim)?])
                }
                false => None,
            },
            after_attention: norm(list, "post_attention_layernorm", d.hidden)?,
            before_feed_forward: norm(list, "pre_feedforward_layernorm", d.hidden)?,
            mlp: GatedMlp::new(list, &at("mlp"), d, false)?,
            after_feed_forward: norm(list, "post_feedforward_layernorm", d.hidden)?,
        })
    }
}

impl Gemma {
    pub(crate) fn new(config: GemmaConfig, task: Task) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = Layout::new("model.", config.dtype);
        let embedding = list.embedding("model.embed_tokens", d.vocabulary, d.hidden)?;
        let layers = (0..d.layers).map(|index| Layer::new(&mut list, index, &config)).collect::<Result<_, _>>()?;
        let norm = Norm(list.rms_norm("model.norm", d.hidden, config.norm_eps)?);
        let tied = config.tied.then_some(embedding);
        let head = list.decoder_head(task, "lm_head", [d.hidden, d.vocabulary], tied, config.initializer_range)?;
        let cap = config.logit_cap.filter(|_| task == Task::CausalLm);
        Ok(Self { layout: list, task, embedding, layers, norm, head: Head { cap, ..head }, config })
    }
}

impl Architecture for Gemma {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        match (self.task, self.config.class) {
            (Task::SequenceClassification { .. }, "Gemma3") => self.task.class_of("Gemma3Text"),
            (task, class) => task.class_of(class),
        }
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn sketch(&self) -> Sketch {
        let norm = |Norm(norm): Norm| sketch::Norm::RmsFromOne(norm);
        let block = |layer: &Layer| Block {
            norms: Norms::Around([
                [layer.before_attention, layer.after_attention].map(norm),
                [layer.before_feed_forward, layer.after_feed_forward].map(norm),
            ]),
            attention: Attention {
                head_norms: layer.head_norms.map(|norms| norms.map(norm)),
                capped: self.config.score_cap.is_some(),
                ..layer.attention.sketch(self.config.rope.turned())
            },
            feed_forward: FeedForward::Gated(layer.mlp, self.config.activation),
        };
        Sketch {
            tables: vec![self.embedding],
            first: None,
            blocks: self.layers.iter().map(block).collect(),
            last: Last::Norm(norm(self.norm)),
            causal: true,
        }
    }

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        let (config, x) = (&self.config, parameters.embedding(self.embedding, input.ids()));
        // A number of the model's own precision, as Transformers has it.
        let x = x.clone() * Tensor::full([1, 1], (config.dimensions.hidden as f64).sqrt(), (&x.device(), x.dtype()));
        let mask = |window| Mask::causal(input.segments(), input.rows(), past, window, input.device());
        let far = config.rope.tables(input, x.dtype());
        let near = config.near_rope.as_ref().map_or_else(|| far.clone(), |rope| rope.tables(input, x.dtype()));
        let near = Sight { input, mask: mask(Some(config.window)), rotary: Some(near) };
        let far = Sight { input, mask: mask(None), rotary: Some(far) };
        (x, Box::new(Pass { model: self, near, far }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Gemma,
    near: Sight<'a>,
    far: Sight<'a>,
}

impl Pass<'_> {
    fn attention(
        &self,
        index: usize,
        parameters: &dyn Parameters,
        x: Tensor<2>,
        cache: Option<&mut Cache>,
    ) -> Tensor<2> {
        let (layer, config) = (&self.model.layers[index], &self.model.config);
        let d = &config.dimensions;
        let [q, k, v] = layer.attention.project(parameters, x);
        let (q, k) = match layer.head_norms {
            Some([q_norm, k_norm]) => (
                by_head(q, d.heads as usize, |q| q_norm.apply(parameters, q)),
                by_head(k, d.kv_heads as usize, |k| k_norm.apply(parameters, k)),
            ),
            None => (q, k),
        };
        let sight = if config.near[index] { &self.near } else { &self.far };
        let scores = Scores { scale: config.score_scale, cap: config.score_cap };
        let attended = sight.attend([q, k, v], [d.heads, d.kv_heads], scores, cache.map(|cache| (cache, index)));
        layer.attention.output(parameters, attended)
    }
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let layer = &self.model.layers[index];
        let h = layer.before_attention.apply(parameters, x.clone());
        let h = self.attention(index, parameters, h, cache);
        let x = x + layer.after_attention.apply(parameters, h);
        let h = layer.before_feed_forward.apply(parameters, x.clone());
        let h = layer.mlp.apply(parameters, self.model.config.activation, h);
        x + layer.after_feed_forward.apply(parameters, h)
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.far.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
