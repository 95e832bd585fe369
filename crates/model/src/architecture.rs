//! The trait that a model family implements.

use burn::tensor::Tensor;
use graftwork_kernels::gate::soft_cap;
use graftwork_kernels::loss::OutputHead;
use graftwork_plan::{Param, ParamId};
use serde::Serialize;

use crate::sketch::Sketch;
use crate::{Cache, Input, Layout, Parameters, Task};

/// Sizes that estimates of memory and time need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dimensions {
    /// Width of the residual stream.
    pub hidden: u64,
    /// Width inside the feed-forward block.
    pub intermediate: u64,
    /// Decoder or encoder layers.
    pub layers: u64,
    /// Query heads.
    pub heads: u64,
    /// Key and value heads.
    pub kv_heads: u64,
    /// Width of one head.
    pub head_dim: u64,
    /// Entries of the vocabulary.
    pub vocabulary: u64,
    /// Longest sequence that the model was made for.
    pub max_positions: u64,
}

impl Dimensions {
    /// Factor on the products of queries and keys, `1 / √head_dim`. A. Vaswani et al., arXiv 1706.03762.
    #[must_use]
    pub fn score_scale(&self) -> f64 {
        1.0 / (self.head_dim as f64).sqrt()
    }
}

/// Where the logits come from: `cap(hidden · weightᵀ + bias)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// `[vocabulary or classes, hidden]`; the embedding itself where they are tied.
    pub weight: ParamId,
    /// `[vocabulary or classes]`.
    pub bias: Option<ParamId>,
    /// Bound that the logits are bent under, `cap · tanh(logits / cap)`.
    pub cap: Option<f64>,
}

impl Head {
    /// What makes logits of hidden states, where the weight is all that multiplies them: none with an adapter on the head that
    /// does more.
    pub fn output(&self, parameters: &dyn Parameters) -> Option<OutputHead> {
        let weight = parameters.plain(self.weight)?;
        Some(OutputHead { weight, bias: self.bias.map(|bias| parameters.value(bias)), cap: self.cap })
    }

    /// Logits of hidden states, `[tokens, hidden]`.
    pub fn logits(&self, parameters: &dyn Parameters, hidden: Tensor<2>) -> Tensor<2> {
        let logits = parameters.linear(self.weight, self.bias, hidden);
        match self.cap {
            Some(cap) => soft_cap(logits, cap),
            None => logits,
        }
    }
}

/// One model of a family, with its sizes fixed by a configuration.
pub trait Architecture: Send + Sync {
    /// Every parameter and how checkpoints have it. The dtype is the configuration's and gives way to the checkpoint's.
    fn layout(&self) -> &Layout;

    /// Every parameter, in a fixed order; a [`ParamId`] is an index into it.
    fn params(&self) -> &[Param] {
        self.layout().params()
    }

    /// What it was opened for.
    fn task(&self) -> Task;

    /// Name of Transformers' class for it, e.g. `LlamaForCausalLM`.
    fn class_name(&self) -> String;

    /// Sizes for estimates.
    fn dimensions(&self) -> Dimensions;

    /// The output head.
    fn head(&self) -> Head;

    /// What it computes before the head, for estimates. Has to say what [`Architecture::forward`] does: nothing else knows what a pass
    /// keeps in memory.
    fn sketch(&self) -> Sketch;

    /// How many positions there are, where each has an embedding of its own and there can be no more.
    fn position_limit(&self) -> Option<u64> {
        None
    }

    /// How many tokens a pass may hold before it turns every key by other angles: a cache from before is of no use then.
    fn angles_change_after(&self) -> Option<u64> {
        None
    }

    /// Whether every layer keeps the rows of a batch together and in their order, so that rows can have weights of their own. One that
    /// gathers tokens from all rows does not.
    fn keeps_rows(&self) -> bool {
        true
    }

    /// Embeds the tokens of `input`, which come after `past` others: `[rows · length, hidden]`, and the blocks to go through.
    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>);

    /// Final hidden states, after the last norm and before the head: `[rows · length, hidden]`, or for classification one of
    /// each row, `[rows, hidden]`.
    ///
    /// With a cache, `input` continues the sequences that the cache holds, and the cache grows by it.
    fn forward(&self, parameters: &dyn Parameters, input: &Input, mut cache: Option<&mut Cache>) -> Tensor<2> {
        let past = cache.as_ref().map_or(0, |c| c.length());
        let (mut x, blocks) = self.begin(parameters, input, past);
        for index in 0..blocks.count() {
            x = blocks.apply(index, parameters, x, cache.as_deref_mut());
        }
        blocks.finish(parameters, x)
    }
}

/// The blocks of one forward pass, which may go through each more than once: what they compute depends on nothing but what
/// they are given.
pub trait Blocks {
    /// How many there are.
    fn count(&self) -> usize;

    /// One block, from `[rows · length, hidden]` to the same shape.
    fn apply(&self, index: usize, parameters: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2>;

    /// What comes after the last block and before the head; where a task predicts once a row, it leaves one state of each.
    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2>;
}
