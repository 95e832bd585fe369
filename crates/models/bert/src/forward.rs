//! The parameters of a BERT model and its forward pass.

use burn::tensor::Tensor;
use graftwork_kernels::attention::Mask;
use graftwork_model::sketch::{self, Attention, Block, FeedForward, Norm, Norms, Qkv, Sketch};
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Head, Initial, Input, LayerNorm, Layout, Linear, ModelError, Parameters,
    Place, Sight, Task, linears,
};
use graftwork_plan::{ParamId, Role};

use crate::config::BertConfig;

/// A BERT model of one configuration.
#[derive(Debug)]
pub(crate) struct Bert {
    config: BertConfig,
    task: Task,
    layout: Layout,
    tokens: ParamId,
    positions: ParamId,
    types: ParamId,
    norm: LayerNorm,
    layers: Vec<Layer>,
    last: Last,
    head: Head,
}

/// One encoder layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    qkv: [Linear; 3],
    attention_output: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    feed_forward_norm: LayerNorm,
}

/// What comes between the encoder and the head.
#[derive(Clone, Copy, Debug)]
enum Last {
    /// For every token, before the head over the vocabulary.
    Transform(Linear, LayerNorm),
    /// For the first token, before the classes.
    Pooler(Linear),
}

/// A layer norm, whose scale and shift the first checkpoints called gamma and beta.
fn layer_norm(list: &mut Layout, module: &str, config: &BertConfig) -> Result<LayerNorm, ModelError> {
    let norm = list.layer_norm(module, config.dimensions.hidden, config.norm_eps)?;
    list.alias(norm.scale, format!("{module}.gamma"));
    list.alias(norm.shift, format!("{module}.beta"));
    Ok(norm)
}

impl Layer {
    fn new(list: &mut Layout, index: u64, config: &BertConfig) -> Result<Self, ModelError> {
        let Dimensions { hidden, intermediate, .. } = config.dimensions;
        let at = |part: &str| format!("bert.encoder.layer.{index}.{part}");
        Ok(Self {
            qkv: [
                list.linear(&at("attention.self.query"), hidden, hidden, true)?,
                list.linear(&at("attention.self.key"), hidden, hidden, true)?,
                list.linear(&at("attention.self.value"), hidden, hidden, true)?,
            ],
            attention_output: list.linear(&at("attention.output.dense"), hidden, hidden, true)?,
            attention_norm: layer_norm(list, &at("attention.output.LayerNorm"), config)?,
            up: list.linear(&at("intermediate.dense"), hidden, intermediate, true)?,
            down: list.linear(&at("output.dense"), intermediate, hidden, true)?,
            feed_forward_norm: layer_norm(list, &at("output.LayerNorm"), config)?,
        })
    }
}

impl Bert {
    pub(crate) fn new(config: BertConfig, task: Task) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        let mut list = Layout::new("bert.", config.dtype);
        let tokens = list.embedding("bert.embeddings.word_embeddings", d.vocabulary, d.hidden)?;
        let positions = list.embedding("bert.embeddings.position_embeddings", d.max_positions, d.hidden)?;
        let types = list.embedding("bert.embeddings.token_type_embeddings", config.types, d.hidden)?;
        let norm = layer_norm(&mut list, "bert.embeddings.LayerNorm", &config)?;
        let layers = (0..d.layers).map(|index| Layer::new(&mut list, index, &config)).collect::<Result<_, _>>()?;
        let (last, head) = match task {
            Task::SequenceClassification { labels } => classifier(&mut list, labels, &config)?,
            Task::CausalLm | Task::MaskedLm => predictions(&mut list, tokens, &config)?,
        };
        Ok(Self { layout: list, task, tokens, positions, types, norm, layers, last, head, config })
    }
}

/// Pooler and classifier. The pooler is missing where a checkpoint was made for masked language modelling.
fn classifier(list: &mut Layout, labels: u64, config: &BertConfig) -> Result<(Last, Head), ModelError> {
    let (hidden, std) = (config.dimensions.hidden, config.initializer_range);
    let pooler = list.new_linear("bert.pooler.dense", hidden, hidden, true, std)?;
    Ok((Last::Pooler(pooler), list.classifier("classifier", hidden, labels, true, std)?))
}

/// The head over the vocabulary and what comes before it; a bare encoder has neither.
fn predictions(list: &mut Layout, tokens: ParamId, config: &BertConfig) -> Result<(Last, Head), ModelError> {
    let (d, std) = (&config.dimensions, config.initializer_range);
    let dense = list.new_linear("cls.predictions.transform.dense", d.hidden, d.hidden, true, std)?;
    let norm = layer_norm(list, "cls.predictions.transform.LayerNorm", config)?;
    list.may_be_new(norm.scale, Initial::Constant(1.0));
    list.may_be_new(norm.shift, Initial::Constant(0.0));
    let bias = list.push("cls.predictions.bias", &[d.vocabulary], Role::Bias)?;
    list.alias(bias, "cls.predictions.decoder.bias");
    list.may_be_new(bias, Initial::Constant(0.0));
    let weight = list.push("cls.predictions.decoder.weight", &[d.vocabulary, d.hidden], Role::Head)?;
    if config.tied {
        list.tie(weight, tokens);
    }
    Ok((Last::Transform(dense, norm), Head { weight, bias: Some(bias), cap: None }))
}

impl Architecture for Bert {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn task(&self) -> Task {
        self.task
    }

    fn class_name(&self) -> String {
        self.task.class_of("Bert")
    }

    fn dimensions(&self) -> Dimensions {
        self.config.dimensions.clone()
    }

    fn head(&self) -> Head {
        self.head
    }

    fn sketch(&self) -> Sketch {
        let block = |layer: &Layer| Block {
            norms: Norms::After([layer.attention_norm, layer.feed_forward_norm].map(Norm::Layer)),
            attention: Attention {
                qkv: Qkv::Apart(layer.qkv),
                head_norms: None,
                turned: 0,
                capped: false,
                output: layer.attention_output,
            },
            feed_forward: FeedForward::Plain([layer.up, layer.down], self.config.activation),
        };
        Sketch {
            tables: vec![self.tokens, self.types, self.positions],
            first: Some(Norm::Layer(self.norm)),
            blocks: self.layers.iter().map(block).collect(),
            last: match self.last {
                Last::Transform(dense, norm) => {
                    sketch::Last::Transform(dense, self.config.activation, Norm::Layer(norm))
                }
                Last::Pooler(dense) => sketch::Last::Pooler(dense),
            },
            causal: false,
        }
    }

    fn position_limit(&self) -> Option<u64> {
        Some(self.config.dimensions.max_positions)
    }

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        _past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        let x = parameters.embedding(self.tokens, input.ids())
            + parameters.embedding(self.types, input.type_ids())
            + parameters.embedding(self.positions, input.position_ids());
        let mask = Mask::bidirectional(input.segments(), input.rows(), input.device());
        let sight = Sight { input, mask, rotary: None };
        (self.norm.apply(parameters, x), Box::new(Pass { model: self, sight }))
    }
}

/// What all layers of one forward pass share.
struct Pass<'a> {
    model: &'a Bert,
    sight: Sight<'a>,
}

impl Blocks for Pass<'_> {
    fn count(&self) -> usize {
        self.model.layers.len()
    }

    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, _: Option<&mut Cache>) -> Tensor<2> {
        let (layer, config) = (&self.model.layers[index], &self.model.config);
        let d = &config.dimensions;
        let qkv = linears(parameters, layer.qkv, x.clone());
        let attended = self.sight.attend(qkv, [d.heads; 2], d.score_scale(), None);
        let x = layer.attention_norm.apply(parameters, x + layer.attention_output.apply(parameters, attended));
        let h = config.activation.apply(layer.up.apply(parameters, x.clone()));
        layer.feed_forward_norm.apply(parameters, x + layer.down.apply(parameters, h))
    }

    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        match self.model.last {
            Last::Transform(dense, norm) => {
                norm.apply(parameters, self.model.config.activation.apply(dense.apply(parameters, x)))
            }
            Last::Pooler(dense) => dense.apply(parameters, self.sight.input.pool(x, Place::First)).tanh(),
        }
    }
}
