//! Layers that families are put together from.

use burn::tensor::{Tensor, activation};
use graftwork_kernels::attention::{Mask, Scores, attention};
use graftwork_kernels::gate::{Gelu, gelu, swiglu};
use graftwork_kernels::norm::{layer_norm, rms_norm};
use graftwork_kernels::rotary::Rotary;
use graftwork_plan::ParamId;

use crate::sketch::{Attention, Qkv};
use crate::{Cache, Dimensions, Input, Layout, ModelError, Parameters};

/// A linear layer: its weight and, where the model has one, its bias.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: ParamId,
    /// `[out]`.
    pub bias: Option<ParamId>,
}

impl Linear {
    /// `[tokens, in]` to `[tokens, out]`.
    pub fn apply(self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        parameters.linear(self.weight, self.bias, x)
    }
}

/// Layers that share an input; what they have in common is done once.
pub fn linears<const N: usize>(parameters: &dyn Parameters, layers: [Linear; N], x: Tensor<2>) -> [Tensor<2>; N] {
    let weights = layers.map(|layer| (layer.weight, layer.bias));
    let mut results = parameters.linears(&weights, x).into_iter();
    #[expect(clippy::expect_used, reason = "the method's contract")]
    weights.map(|_| results.next().expect("a result for each layer"))
}

/// A layer norm.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    /// `[width]`, a factor.
    pub scale: ParamId,
    /// `[width]`, a term.
    pub shift: ParamId,
    /// Added to the variance.
    pub eps: f64,
}

impl LayerNorm {
    /// `[tokens, width]` to the same shape.
    pub fn apply(self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        layer_norm(x, parameters.value(self.scale), Some(parameters.value(self.shift)), self.eps)
    }
}

/// A root-mean-square norm.
#[derive(Clone, Copy, Debug)]
pub struct RmsNorm {
    /// `[width]`, a factor.
    pub scale: ParamId,
    /// Added to the mean square.
    pub eps: f64,
}

impl RmsNorm {
    /// `[tokens, width]` to the same shape.
    pub fn apply(self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        rms_norm(x, parameters.value(self.scale), self.eps)
    }

    /// The same for every head of `[tokens, heads · width]`.
    pub fn apply_to_heads(self, parameters: &dyn Parameters, x: Tensor<2>, heads: usize) -> Tensor<2> {
        by_head(x, heads, |x| self.apply(parameters, x))
    }
}

/// Something done to every head of `[tokens, heads · width]` as to a token.
pub fn by_head(x: Tensor<2>, heads: usize, f: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
    let [tokens, width] = x.dims();
    f(x.reshape([tokens * heads, width / heads])).reshape([tokens, width])
}

/// An activation function, by Transformers' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `silu`, `swish`.
    Silu,
    /// `gelu`, `gelu_new`, `gelu_pytorch_tanh`, `gelu_fast`.
    Gelu(Gelu),
    /// `relu`.
    Relu,
}

impl Activation {
    /// The function of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "silu" | "swish" => Some(Self::Silu),
            "gelu" => Some(Self::Gelu(Gelu::Exact)),
            "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Some(Self::Gelu(Gelu::Tanh)),
            "relu" => Some(Self::Relu),
            _ => None,
        }
    }

    /// Of every value.
    #[must_use]
    pub fn apply(self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Silu => activation::silu(x),
            Self::Gelu(kind) => gelu(x, kind),
            Self::Relu => activation::relu(x),
        }
    }

    /// `f(gate) ⊙ up`.
    #[must_use]
    pub fn gated(self, gate: Tensor<2>, up: Tensor<2>) -> Tensor<2> {
        if self == Self::Silu { swiglu(gate, up) } else { self.apply(gate) * up }
    }
}

/// A gated feed-forward block, `down(f(gate(x)) ⊙ up(x))`. N. Shazeer, arXiv 2002.05202.
#[derive(Clone, Copy, Debug)]
pub struct GatedMlp {
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl GatedMlp {
    /// `MODULE.gate_proj`, `MODULE.up_proj` and `MODULE.down_proj`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn new(list: &mut Layout, module: &str, d: &Dimensions, bias: bool) -> Result<Self, ModelError> {
        Self::named(list, module, ["gate_proj", "up_proj", "down_proj"], d, bias)
    }

    /// The same by other names.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn named(
        list: &mut Layout,
        module: &str,
        [gate, up, down]: [&str; 3],
        d: &Dimensions,
        bias: bool,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            gate: list.linear(&format!("{module}.{gate}"), d.hidden, d.intermediate, bias)?,
            up: list.linear(&format!("{module}.{up}"), d.hidden, d.intermediate, bias)?,
            down: list.linear(&format!("{module}.{down}"), d.intermediate, d.hidden, bias)?,
        })
    }

    /// Gate, up and down.
    #[must_use]
    pub fn layers(&self) -> [Linear; 3] {
        [self.gate, self.up, self.down]
    }

    /// `[tokens, hidden]` to the same shape.
    pub fn apply(&self, parameters: &dyn Parameters, activation: Activation, x: Tensor<2>) -> Tensor<2> {
        let [gate, up] = linears(parameters, [self.gate, self.up], x);
        self.down.apply(parameters, activation.gated(gate, up))
    }
}

/// The projections of grouped-query attention: `q_proj`, `k_proj`, `v_proj` and `o_proj`. J. Ainslie et al., arXiv 2305.13245.
#[derive(Clone, Copy, Debug)]
pub struct Projections {
    q: Linear,
    k: Linear,
    v: Linear,
    o: Linear,
}

impl Projections {
    /// In `MODULE`; which have a bias is said of q, k and v together, and of o.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn new(list: &mut Layout, module: &str, d: &Dimensions, [qkv, o]: [bool; 2]) -> Result<Self, ModelError> {
        let (queries, keys) = (d.heads * d.head_dim, d.kv_heads * d.head_dim);
        Ok(Self {
            q: list.linear(&format!("{module}.q_proj"), d.hidden, queries, qkv)?,
            k: list.linear(&format!("{module}.k_proj"), d.hidden, keys, qkv)?,
            v: list.linear(&format!("{module}.v_proj"), d.hidden, keys, qkv)?,
            o: list.linear(&format!("{module}.o_proj"), queries, d.hidden, o)?,
        })
    }

    /// The layers, as a sketch has them; the positions turn so many entries of a head.
    #[must_use]
    pub fn sketch(&self, turned: u64) -> Attention {
        let qkv = Qkv::Apart([self.q, self.k, self.v]);
        Attention { qkv, head_norms: None, turned, capped: false, output: self.o }
    }

    /// Queries, keys and values of `[tokens, hidden]`.
    pub fn project(&self, parameters: &dyn Parameters, x: Tensor<2>) -> [Tensor<2>; 3] {
        linears(parameters, [self.q, self.k, self.v], x)
    }

    /// What becomes of what was attended to: `[tokens, heads · width]` to `[tokens, hidden]`.
    pub fn output(&self, parameters: &dyn Parameters, attended: Tensor<2>) -> Tensor<2> {
        self.o.apply(parameters, attended)
    }
}

/// How the tokens of a pass see one another.
#[derive(Debug)]
pub struct Sight<'a> {
    /// The pass.
    pub input: &'a Input,
    /// What is seen.
    pub mask: Mask,
    /// Where they stand, where that turns queries and keys.
    pub rotary: Option<Rotary>,
}

impl Sight<'_> {
    /// Attention of one layer, from queries, keys and values, `[tokens, heads · width]` each, to the shape of the queries. Queries
    /// have `heads[0]` heads, keys and values `heads[1]`. With a cache, the keys and values of the tokens before are those that
    /// the layer left in it.
    #[must_use]
    pub fn attend(
        &self,
        [q, k, v]: [Tensor<2>; 3],
        [heads, kv_heads]: [u64; 2],
        scores: impl Into<Scores>,
        cache: Option<(&mut Cache, usize)>,
    ) -> Tensor<2> {
        let turned = |x: Tensor<4>| match &self.rotary {
            Some(rotary) => rotary.apply(x),
            None => x,
        };
        let q = turned(self.split(q, heads));
        let (k, v) = (turned(self.split(k, kv_heads)), self.split(v, kv_heads));
        let (k, v) = match cache {
            Some((cache, layer)) => cache.extend(layer, k, v),
            None => (k, v),
        };
        let [rows, heads, length, width] = q.dims();
        attention(q, k, v, &self.mask, scores).swap_dims(1, 2).reshape([rows * length, heads * width])
    }

    /// `[rows · length, heads · width]` as `[rows, heads, length, width]`.
    fn split(&self, x: Tensor<2>, heads: u64) -> Tensor<4> {
        let (heads, width) = (heads as usize, x.dims()[1] / heads as usize);
        x.reshape([self.input.rows(), self.input.length(), heads, width]).swap_dims(1, 2)
    }
}

/// Columns of `[tokens, Σ widths]`, for layers that are stored as one.
#[must_use]
pub fn parts<const N: usize>(x: Tensor<2>, widths: [u64; N]) -> [Tensor<2>; N] {
    let mut start = 0;
    widths.map(|width| {
        let part = x.clone().narrow(1, start, width as usize);
        start += width as usize;
        part
    })
}
