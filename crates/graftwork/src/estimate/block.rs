//! A model's layers over shadows: what `graftwork_model::layers`, `graftwork_kernels` and the families' forward passes compute.

use graftwork_kernels::gate::Gelu;
use graftwork_model::sketch::{Attention, Block, FeedForward, Last, Norm, Norms, Qkv, Sketch};
use graftwork_model::{Activation, Dimensions, GatedMlp, Linear};

use super::model::{Computes, Model};
use super::shadow::{Function, Tensor};
use super::{BF16, F32};

/// A forward pass over so many rows of so many tokens.
pub(super) struct Forward<'a> {
    pub(super) sketch: &'a Sketch,
    pub(super) dimensions: &'a Dimensions,
    pub(super) rows: u64,
    pub(super) length: u64,
    /// What is added to the scores, where something is: a number for each query and key, the same for all rows.
    pub(super) mask: Option<Tensor>,
}

impl Forward<'_> {
    pub(super) fn tokens(&self) -> u64 {
        self.rows * self.length
    }

    /// The embedded tokens.
    pub(super) fn begin(&self, model: &Model<'_>) -> Tensor {
        let looked_up = self.sketch.tables.iter().map(|&table| model.embedding(table, self.tokens()));
        let sum = looked_up.reduce(Tensor::plus).unwrap_or_else(|| model.tape.constant(0, F32));
        match self.sketch.first {
            Some(norm) => self.norm(model, norm, sum, self.tokens()),
            None => sum,
        }
    }

    /// One block, from hidden states to hidden states.
    pub(super) fn block(&self, model: &Model<'_>, block: &Block, x: Tensor) -> Tensor {
        let norm = |norm, x| self.norm(model, norm, x, self.tokens());
        let attention = |x| self.attention(model, &block.attention, x);
        let feed_forward = |x| self.feed_forward(model, &block.feed_forward, x);
        match block.norms {
            Norms::Before([first, second]) => {
                let x = x.clone().plus(attention(norm(first, x)));
                x.clone().plus(feed_forward(norm(second, x)))
            }
            Norms::Parallel([first, second]) => {
                let attended = x.clone().plus(attention(norm(first, x.clone())));
                attended.plus(feed_forward(norm(second, x)))
            }
            Norms::Around([[before, after], [then_before, then_after]]) => {
                let x = x.clone().plus(norm(after, attention(norm(before, x))));
                x.clone().plus(norm(then_after, feed_forward(norm(then_before, x))))
            }
            Norms::After([first, second]) => {
                let x = norm(first, x.clone().plus(attention(x)));
                norm(second, x.clone().plus(feed_forward(x)))
            }
        }
    }

    /// What the head reads.
    pub(super) fn finish(&self, model: &Model<'_>, x: Tensor) -> Tensor {
        match self.sketch.last {
            Last::Norm(norm) => self.norm(model, norm, x, self.tokens()),
            Last::Transform(dense, activation, norm) => {
                let h = activated(model, activation, model.linear(dense, x, self.tokens()));
                self.norm(model, norm, h, self.tokens())
            }
            Last::Pooler(dense) => {
                let first = x.rows(self.rows * self.dimensions.hidden);
                model.linear(dense, first, self.rows).function(Function::SquaredAfter)
            }
        }
    }

    /// Of so many rows.
    fn norm(&self, model: &Model<'_>, norm: Norm, x: Tensor, rows: u64) -> Tensor {
        match (norm, model.computes) {
            (Norm::Rms(norm), Computes::Kernels) => normed(x, vec![model.value(norm.scale)]),
            (Norm::Layer(norm), Computes::Kernels) => normed(x, vec![model.value(norm.scale), model.value(norm.shift)]),
            (Norm::Rms(norm), Computes::Operations) => rms_norm(x, model.value(norm.scale), rows),
            // In full precision on both.
            (Norm::RmsFromOne(norm), _) => {
                let width = if model.computes == Computes::Kernels { BF16 } else { F32 };
                rms_norm(x.cast(F32), model.value(norm.scale).cast(F32).scaled(), rows).cast(width)
            }
            (Norm::Layer(norm), Computes::Operations) => {
                let centred = x.clone().minus(x.reduced(rows));
                let inverse = deviation(centred.clone(), rows);
                let scaled = centred.times(inverse).times(model.value(norm.scale));
                scaled.plus(model.value(norm.shift))
            }
        }
    }

    fn attention(&self, model: &Model<'_>, layers: &Attention, x: Tensor) -> Tensor {
        let (d, tokens) = (self.dimensions, self.tokens());
        let (queries, keys) = (tokens * d.heads * d.head_dim, tokens * d.kv_heads * d.head_dim);
        let [q, k, v] = match layers.qkv {
            Qkv::Apart(layers) => {
                let [q, k, v] = layers.map(|layer| model.linear(layer, x.clone(), tokens));
                drop(x);
                [q, k, v]
            }
            Qkv::Joint(layer) => {
                let joint = model.linear(layer, x, tokens);
                [queries, keys, keys].map(|width| joint.clone().part(width))
            }
            Qkv::ByHead(layer) => {
                let joint = model.linear(layer, x, tokens).reshaped();
                [queries, keys, keys].map(|width| joint.clone().part(width).reshaped())
            }
        };
        let (q, k) = match layers.head_norms {
            Some([first, second]) => (
                self.norm(model, first, q.reshaped(), tokens * d.heads).reshaped(),
                self.norm(model, second, k.reshaped(), tokens * d.kv_heads).reshaped(),
            ),
            None => (q, k),
        };
        // `Sight::split`: `[rows, heads, length, width]` of `[tokens, heads · width]`.
        let split = |x: Tensor| x.reshaped().turned();
        let q = self.positioned(model, layers.turned, split(q));
        let (k, v) = (self.positioned(model, layers.turned, split(k)), split(v));
        let attended = match model.computes {
            Computes::Kernels if self.sketch.causal && !layers.capped => self.attended_in_kernels([q, k, v]),
            _ => self.attended([q, k, v], layers.capped),
        };
        model.linear(layers.output, attended.turned().reshaped(), tokens)
    }

    /// `Rotary::apply`: the two halves, turned and put together again.
    fn positioned(&self, model: &Model<'_>, turned: u64, x: Tensor) -> Tensor {
        let all = x.elements();
        match (turned, model.computes) {
            (0, _) => x,
            (turned, _) if turned < self.dimensions.head_dim => {
                let share = all / self.dimensions.head_dim * turned;
                let rest = x.clone().part(all - share);
                self.rotated(model, x.part(share)).joined_with(rest)
            }
            _ => self.rotated(model, x),
        }
    }

    fn rotated(&self, model: &Model<'_>, x: Tensor) -> Tensor {
        let all = x.elements();
        if model.computes == Computes::Kernels {
            let value = x.value().like(all).laid_as(x.value().layout);
            return Tensor::kernel([(x, BF16)], value, Vec::new());
        }
        // Cosines and sines: the same for all rows and heads.
        let table = || x.tape().constant(self.length, F32);
        let (first, second) = (x.clone().part(all / 2), x.clone().part(all / 2));
        let (cos, sin) = (table(), table());
        drop(x);
        let rotated = first.clone().times(cos.clone()).minus(second.clone().times(sin.clone()));
        rotated.joined_with(second.times(cos).plus(first.times(sin)))
    }

    /// `kernels::attention` in burn's operations.
    fn attended(&self, [q, k, v]: [Tensor; 3], capped: bool) -> Tensor {
        let (d, queries) = (self.dimensions, q.elements());
        let count = self.tokens() * d.heads * self.length;
        let each = self.tokens() * d.heads;
        let scores = q.scaled().reshaped().product(k.turned(), count).reshaped();
        let width = scores.width();
        let scores = if capped { scores.scaled().function(Function::SquaredAfter).scaled() } else { scores }.cast(F32);
        let scores = match &self.mask {
            Some(mask) => scores.plus(mask.clone()),
            None => scores,
        };
        let shifted = {
            let copy = scores.clone();
            copy.minus(scores.detached().reduced(each))
        };
        let weights = shifted.function(Function::Plain);
        let weights = weights.clone().over(weights.reduced(each)).cast(width);
        weights.reshaped().product(v, queries).reshaped()
    }

    /// Keeps its inputs, its result, and a number for each query.
    fn attended_in_kernels(&self, [q, k, v]: [Tensor; 3]) -> Tensor {
        let value = q.value().like(q.elements()).laid_as(q.value().layout);
        let sums = q.tape().constant(self.tokens() * self.dimensions.heads, F32);
        let kept = [&q, &k, &v, &sums].map(|t| t.value().clone()).into_iter().chain([value.clone()]).collect();
        Tensor::kernel([(q, BF16), (k, BF16), (v, BF16)], value, kept)
    }

    fn feed_forward(&self, model: &Model<'_>, layers: &FeedForward, x: Tensor) -> Tensor {
        let (tokens, inner) = (self.tokens(), self.tokens() * self.dimensions.intermediate);
        match layers {
            FeedForward::Plain([up, down], activation) => {
                model.linear(*down, activated(model, *activation, model.linear(*up, x, tokens)), tokens)
            }
            FeedForward::Gated(mlp, activation) => gated_mlp(model, mlp, *activation, x, tokens),
            FeedForward::Joint([gate_up, down], activation) => {
                let joint = model.linear(*gate_up, x, tokens);
                let (gate, up) = (joint.clone().part(inner), joint.part(inner));
                model.linear(*down, gated(model, *activation, gate, up), tokens)
            }
            FeedForward::Experts(router, experts, per_token, activation) => {
                self.experts(model, (*router, experts, *per_token), *activation, x)
            }
        }
    }

    /// `models/mixtral/src/experts.rs`, with the tokens spread evenly over the experts.
    fn experts(
        &self,
        model: &Model<'_>,
        (router, experts, per_token): (Linear, &[GatedMlp], u64),
        activation: Activation,
        x: Tensor,
    ) -> Tensor {
        let (tokens, hidden) = (self.tokens(), self.dimensions.hidden);
        let count = (experts.len() as u64).max(1);
        let scores = model.linear(router, x.clone(), tokens).cast(F32);
        let exponentials = scores.clone().minus(scores.detached().reduced(tokens)).function(Function::Plain);
        let shares = exponentials.clone().over(exponentials.reduced(tokens));
        let kept = shares.rows(tokens * per_token);
        let kept = kept.clone().over(kept.reduced(tokens));
        let each = (tokens * per_token).div_ceil(count);
        let mut sum = x.tape().of_type(&x, x.elements());
        for expert in experts {
            let share = kept.clone().reshaped().rows(each);
            let said = gated_mlp(model, expert, activation, x.clone().rows(each * hidden), each);
            let weighted = said.times(share.reshaped());
            sum = sum.with_rows(weighted);
        }
        sum
    }
}

fn gated_mlp(model: &Model<'_>, mlp: &GatedMlp, activation: Activation, x: Tensor, tokens: u64) -> Tensor {
    let [gate, up, down] = mlp.layers();
    let (gate, up) = (model.linear(gate, x.clone(), tokens), model.linear(up, x, tokens));
    model.linear(down, gated(model, activation, gate, up), tokens)
}

/// `Activation::gated`.
fn gated(model: &Model<'_>, activation: Activation, gate: Tensor, up: Tensor) -> Tensor {
    if model.computes == Computes::Kernels && activation == Activation::Silu {
        let value = gate.value().like(gate.elements());
        let kept = vec![gate.value().clone(), up.value().clone()];
        return Tensor::kernel([(gate, BF16), (up, BF16)], value, kept);
    }
    activated(model, activation, gate).times(up)
}

/// `Activation::apply`.
fn activated(model: &Model<'_>, activation: Activation, x: Tensor) -> Tensor {
    match (activation, model.computes) {
        (Activation::Gelu(_), Computes::Kernels) => {
            let (value, kept) = (x.value().like(x.elements()), vec![x.value().clone()]);
            Tensor::kernel([(x, BF16)], value, kept)
        }
        (Activation::Silu, _) => x.clone().times(x.function(Function::Plain)),
        (Activation::Relu, _) => x.function(Function::Plain),
        (Activation::Gelu(kind), Computes::Operations) => {
            let bend = match kind {
                Gelu::Exact => x.clone().scaled().function(Function::Squared),
                Gelu::Tanh => {
                    let cubed = x.clone().times(x.clone().squared());
                    x.clone().plus(cubed.scaled()).scaled().function(Function::SquaredAfter)
                }
            };
            x.scaled().times(bend.scaled())
        }
    }
}

/// `kernels::norm::rms_norm` in burn's operations.
fn rms_norm(x: Tensor, scale: Tensor, rows: u64) -> Tensor {
    let inverse = deviation(x.clone(), rows);
    x.times(inverse).times(scale)
}

/// One over the root of the mean square.
fn deviation(x: Tensor, rows: u64) -> Tensor {
    x.squared().reduced(rows).scaled().function(Function::Plain).function(Function::Squared)
}

/// A norm of our own kernels: its input is kept.
fn normed(x: Tensor, vectors: Vec<Tensor>) -> Tensor {
    let (value, kept) = (x.value().like(x.elements()), vec![x.value().clone()]);
    let mut vectors = vectors.into_iter().map(|vector| (vector, F32));
    match (vectors.next(), vectors.next()) {
        (Some(scale), Some(shift)) => Tensor::kernel([(x, BF16), scale, shift], value, kept),
        (Some(scale), None) => Tensor::kernel([(x, BF16), scale], value, kept),
        _ => Tensor::kernel([(x, BF16)], value, kept),
    }
}
