//! The parameters of a GPT-2 model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Attention, Block, FeedForward, Last, Norm, Norms, Qkv, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Head, Input, LayerNorm, Layout, Linear, ModelError, Parameters, Sight,
    Task, parts,
};
use graftwork_plan::ParamId;

use crate::config::Gpt2Config;

/// A GPT-2 model of one configuration.
#[derive(Debug)]
pub(crate) struct Gpt2 {
    config: Gpt2Config,
    task: Task,
    layout: Layout,
    tokens: ParamId,
    positions: ParamId,
    layers: Vec<Layer>,
    norm: LayerNorm,
    head: Head,
}

/// One decoder layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    attention_norm: LayerNorm,
    /// Queries, keys and values in one.
    qkv: Linear,
    attention_output: Linear,
    feed_forward_norm: LayerNorm,
    up: Linear,
    down: Linear,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &Gpt2Config) -> Result<Self, ModelError> {
        let (d, eps) = (&config.dimensions, config.norm_eps);
        let at = |part: &str| format!("transformer.h.{index}.{part}");
        Ok(Self {
            attention_norm: list.layer_norm(&at("ln_1"), d.hidden, eps)?,
            qkv: list.conv1d(&at("attn.c_attn"), d.hidden, 3 * d.hidden)?,
            attention_output: list.conv1d(&at("attn.c_proj"), d.hidden, d.hidden)?,
            feed_forward_norm: list.layer_norm(&at("ln_2"), d.hidden, eps)?,
            up: list.conv1d(&at("mlp.c_fc"), d.hidden, d.intermediate)?,
            down: list.conv1d(&at("mlp.c_proj"), d.intermediate, d.hidden)?,
        })
    }
}

impl Gpt2 {
    pub(crate) fn new(config: Gpt2Config, task: Task) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = Layout::new("transformer.", config.dtype);
        let tokens = list.embedding("transformer.wte", d.vocabulary, d.hidden)?;
        let positions = list.embedding("transformer.wpe", d.max_positions, d.hidden)?;
        let layers = (0..d.layers).map(|index| Layer::new(&mut list, index, &config)).collect::<Result<_, _>>()?;
        let norm = list.layer_norm("transformer.ln_f", d.hidden, config.norm_eps)?;
        let tied = config.tied.then_some(tokens);
        let head = list.decoder_head(task, "lm_head", [d.hidden, d.vocabulary], tied, config.initializer_range)?;
        Ok(Self { layout: list, task, tokens, positions, layers, norm, head, config })
    }
}

impl Architecture for Gpt2 {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        match self.task {
            Task::CausalLm => "GPT2LMHeadModel".to_owned(),
            task => task.class_of("GPT2"),
        }
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn sketch(&self) -> Sketch {
        let block = |layer: &Layer| Block {
            norms: Norms::Before([layer.attention_norm, layer.feed_forward_norm].map(Norm::Layer)),
            attention: Attention {
                qkv: Qkv::Joint(layer.qkv),
                head_norms: None,
                turned: 0,
                capped: false,
                output: layer.attention_output,
            },
            feed_forward: FeedForward::Plain([layer.up, layer.down], self.config.activation),
        };
        Sketch {
            tables: vec![self.tokens, self.positions],
            first: None,
            blocks: self.layers.iter().map(block).collect(),
            last: Last::Norm(Norm::Layer(self.norm)),
            causal: true,
        }
    }

    fn position_limit(&self) -> Option<u64> {
        Some(self.config.dimensions.max_positions)
    }

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        let tokens = parameters.embedding(self.tokens, input.ids());
        let x = tokens + parameters.embedding(self.positions, input.position_ids());
        let mask = Mask::causal(input.segments(), input.rows(), past, None, input.device());
        (x, Box::new(Pass { model: self, sight: Sight { input, mask, rotary: None } }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Gpt2,
    sight: Sight<'a>,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (layer, config) = (&self.model.layers[index], &self.model.config);
        let d = &config.dimensions;
        let h = layer.attention_norm.apply(parameters, x.clone());
        let qkv = parts(layer.qkv.apply(parameters, h), [d.hidden; 3]);
        let cache = cache.map(|cache| (cache, index));
        let attended = self.sight.attend(qkv, [d.heads; 2], config.score_scale(index), cache);
        let x = x + layer.attention_output.apply(parameters, attended);
        let h = layer.up.apply(parameters, layer.feed_forward_norm.apply(parameters, x.clone()));
        x + layer.down.apply(parameters, config.activation.apply(h))
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
