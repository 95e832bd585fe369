//! The parameters of a Mixtral model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{Block, Last, Norm, Norms, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Head, Input, Layout, ModelError, Parameters, Projections, RmsNorm, Sight,
    Task,
};
use graftwork_plan::ParamId;

use crate::config::MixtralConfig;
use crate::experts::Experts;

/// A Mixtral model of one configuration.
#[derive(Debug)]
pub(crate) struct Mixtral {
    config: MixtralConfig,
    task: Task,
    layout: Layout,
    embedding: ParamId,
    layers: Vec<Layer>,
    norm: RmsNorm,
    head: Head,
}

/// One decoder layer.
#[derive(Clone, Debug)]
struct Layer {
    input_norm: RmsNorm,
    attention: Projections,
    post_norm: RmsNorm,
    experts: Experts,
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &MixtralConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let at = |part: &str| format!("model.layers.{index}.{part}");
        Ok(Self {
            input_norm: list.rms_norm(&at("input_layernorm"), d.hidden, config.norm_eps)?,
            attention: Projections::new(list, &at("self_attn"), d, [false; 2])?,
            post_norm: list.rms_norm(&at("post_attention_layernorm"), d.hidden, config.norm_eps)?,
            experts: Experts::new(list, &at("block_sparse_moe"), config)?,
        })
    }
}

impl Mixtral {
    pub(crate) fn new(config: MixtralConfig, task: Task) -> Result<Self, ModelError> {
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

impl Architecture for Mixtral {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        self.task.class_of("Mixtral")
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn keeps_rows(&self) -> bool {
        false
    }

    fn sketch(&self) -> Sketch {
        let block = |layer: &Layer| Block {
            norms: Norms::Before([layer.input_norm, layer.post_norm].map(Norm::Rms)),
            attention: layer.attention.sketch(self.config.rope.turned()),
            feed_forward: layer.experts.sketch(),
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
    model: &'a Mixtral,
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
        x + layer.experts.apply(parameters, h)
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        self.sight.input.for_head(self.model.task, self.model.norm.apply(parameters, x))
    }
}
