//! The parameters of a Phi3 model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Attention, Block, FeedForward, Last, Norm, Norms, Qkv, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Head, Input, Layout, Linear, ModelError, Parameters, RmsNorm, Sight, Task,
    parts,
};
use graftwork_plan::ParamId;

use crate::config::Phi3Config;

/// A Phi3 model of one configuration.
#[derive(Debug)]
pub(crate) struct Phi3 {
    config: Phi3Config,
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
    /// Queries, keys and values in one.
    qkv: Linear,
    attention_output: Linear,
    post_norm: RmsNorm,
    gate_up: Linear,
    down: Linear,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &Phi3Config) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let (queries, keys) = (d.heads * d.head_dim, d.kv_heads * d.head_dim);
        let at = |part: &str| format!("model.layers.{index}.{part}");
        Ok(Self {
            input_norm: list.rms_norm(&at("input_layernorm"), d.hidden, config.norm_eps)?,
            qkv: list.linear(&at("self_attn.qkv_proj"), d.hidden, queries + 2 * keys, false)?,
            attention_output: list.linear(&at("self_attn.o_proj"), queries, d.hidden, false)?,
            post_norm: list.rms_norm(&at("post_attention_layernorm"), d.hidden, config.norm_eps)?,
            gate_up: list.linear(&at("mlp.gate_up_proj"), d.hidden, 2 * d.intermediate, false)?,
            down: list.linear(&at("mlp.down_proj"), d.intermediate, d.hidden, false)?,
        })
    }
}

impl Phi3 {
    pub(crate) fn new(config: Phi3Config, task: Task) -> Result<Self, ModelError> {
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

impl Architecture for Phi3 {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        self.task.class_of("Phi3")
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn angles_change_after(&self) -> Option<u64> {
        self.config.rope.changes_after()
    }

    fn sketch(&self) -> Sketch {
        let block = |layer: &Layer| Block {
            norms: Norms::Before([layer.input_norm, layer.post_norm].map(Norm::Rms)),
            attention: Attention {
                qkv: Qkv::Joint(layer.qkv),
                head_norms: None,
                turned: self.config.rope.turned(),
                capped: false,
                output: layer.attention_output,
            },
            feed_forward: FeedForward::Joint([layer.gate_up, layer.down], self.config.activation),
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
    model: &'a Phi3,
    sight: Sight<'a>,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let (layer, config) = (&self.model.layers[index], &self.model.config);
        let d = &config.dimensions;
        let (queries, keys) = (d.heads * d.head_dim, d.kv_heads * d.head_dim);
        let qkv = layer.qkv.apply(parameters, layer.input_norm.apply(parameters, x.clone()));
        let cache = cache.map(|cache| (cache, index));
        let heads = [d.heads, d.kv_heads];
        let attended = self.sight.attend(parts(qkv, [queries, keys, keys]), heads, d.score_scale(), cache);
        let x = x + layer.attention_output.apply(parameters, attended);
        let h = layer.gate_up.apply(parameters, layer.post_norm.apply(parameters, x.clone()));
        let [gate, up] = parts(h, [d.intermediate; 2]);
        x + layer.down.apply(parameters, config.activation.gated(gate, up))
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
