//! What a model computes, without computing it: which layers follow which, for whoever counts what a pass keeps in memory.

use graftwork_plan::ParamId;

use crate::{Activation, GatedMlp, LayerNorm, Linear, RmsNorm};

/// A model from its tables to what its head reads.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// Tables whose rows are added up for every token.
    pub tables: Vec<ParamId>,
    /// What is done to the sum before the first block.
    pub first: Option<Norm>,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// What comes after the last of them.
    pub last: Last,
    /// Whether a token sees nothing that comes after it.
    pub causal: bool,
}

/// A norm over hidden states.
#[derive(Clone, Copy, Debug)]
pub enum Norm {
    /// [`graftwork_kernels::norm::rms_norm`].
    Rms(RmsNorm),
    /// [`graftwork_kernels::norm::rms_norm_from_one`].
    RmsFromOne(RmsNorm),
    /// [`graftwork_kernels::norm::layer_norm`].
    Layer(LayerNorm),
}

/// Attention and a feed-forward part, and how they are joined to the residual stream.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where the norms stand.
    pub norms: Norms,
    /// The first part.
    pub attention: Attention,
    /// The second part.
    pub feed_forward: FeedForward,
}

/// Where the norms of a block stand.
#[derive(Clone, Copy, Debug)]
pub enum Norms {
    /// `x + part(norm(x))`, part by part.
    Before([Norm; 2]),
    /// `x + attention(norm(x)) + feed_forward(norm(x))`.
    Parallel([Norm; 2]),
    /// `x + norm(part(norm(x)))`, part by part: before and after attention, then before and after the other.
    Around([[Norm; 2]; 2]),
    /// `norm(x + part(x))`, part by part.
    After([Norm; 2]),
}

/// The layers of attention.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// What makes queries, keys and values.
    pub qkv: Qkv,
    /// Norms of every head of queries and of keys.
    pub head_norms: Option<[Norm; 2]>,
    /// Entries of a head that positions turn; 0 where they do not.
    pub turned: u64,
    /// Whether the scores are bent under a bound.
    pub capped: bool,
    /// What reads the attended values.
    pub output: Linear,
}

/// What makes queries, keys and values.
#[derive(Clone, Copy, Debug)]
pub enum Qkv {
    /// A layer for each.
    Apart([Linear; 3]),
    /// One layer: all queries, all keys, all values.
    Joint(Linear),
    /// One layer: the three of the first head, those of the second, …
    ByHead(Linear),
}

/// The feed-forward part.
#[derive(Clone, Debug)]
pub enum FeedForward {
    /// `down(f(up(x)))`.
    Plain([Linear; 2], Activation),
    /// `down(f(gate(x)) ⊙ up(x))`.
    Gated(GatedMlp, Activation),
    /// The same with gate and up in one layer, and down.
    Joint([Linear; 2], Activation),
    /// A router and the parts that it chooses from, so many of them for each token.
    Experts(Linear, Vec<GatedMlp>, u64, Activation),
}

/// What comes between the last block and the head.
#[derive(Clone, Copy, Debug)]
pub enum Last {
    /// A norm.
    Norm(Norm),
    /// `norm(f(dense(x)))`.
    Transform(Linear, Activation, Norm),
    /// `tanh(dense(x))` of each row's first token.
    Pooler(Linear),
}
