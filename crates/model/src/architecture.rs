//! The trait that a model family implements.

use burn::tensor::Tensor;
use graftwork_plan::{Param, ParamId};
use serde::Serialize;

use crate::{Cache, Input, Parameters};

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

/// Where the logits come from: `hidden · weightᵀ + bias`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// `[vocabulary, hidden]`; the embedding itself where they are tied.
    pub weight: ParamId,
    /// `[vocabulary]`.
    pub bias: Option<ParamId>,
}

/// One model of a family, with its sizes fixed by a configuration.
pub trait Architecture: Send + Sync {
    /// Every parameter, in a fixed order; a [`ParamId`] is an index into it. The dtype is the configuration's and gives
    /// way to the checkpoint's.
    fn params(&self) -> &[Param];

    /// Sizes for estimates.
    fn dimensions(&self) -> Dimensions;

    /// The output head.
    fn head(&self) -> Head;

    /// Embeds the tokens of `input`, which come after `past` others: `[rows · length, hidden]`, and the blocks to go through.
    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>);

    /// Final hidden states, after the last norm and before the head: `[rows · length, hidden]`.
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

    /// What comes after the last block and before the head.
    fn finish(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2>;
}
