//! Output head and cross-entropy in one, without keeping `[tokens, vocabulary]` logits.
//!
//! Logits are made for a chunk of tokens at a time. The gradient of the loss with respect to them is known in closed
//! form, `softmax - onehot`, so each chunk turns at once into the gradient of the hidden states and of the head's
//! weight, and its logits are dropped.

use burn::tensor::{DType, Device, IndexingUpdateOp, Int, Tensor, TensorData};

use crate::gate::soft_cap;
use crate::linear::{linear, times, transposed_times};
use crate::precision::{full_precision, total};
use crate::roots::Root;

/// Logits that one chunk may hold on a processor, where they should stay in its caches.
pub const CHUNK_ELEMENTS: usize = 1 << 22;
/// The same on a GPU, which takes thousands of rows to be busy.
pub const GPU_CHUNK_ELEMENTS: usize = 1 << 28;

/// How many of so many tokens make logits at a time on a device.
#[must_use]
pub fn chunk(tokens: usize, vocabulary: usize, device: &Device) -> usize {
    #[cfg(feature = "cuda")]
    let elements = if crate::cuda::is_gpu(device) { GPU_CHUNK_ELEMENTS } else { CHUNK_ELEMENTS };
    #[cfg(not(feature = "cuda"))]
    let (elements, _) = (CHUNK_ELEMENTS, device);
    chunk_within(elements, tokens, vocabulary)
}

/// The same where a chunk may hold so many logits.
#[must_use]
pub fn chunk_within(elements: usize, tokens: usize, vocabulary: usize) -> usize {
    // Whole tiles of a product, where it is more than one.
    let chunk = elements / vocabulary.max(1);
    (if chunk > 128 { chunk / 128 * 128 } else { chunk }).clamp(1, tokens.max(1))
}

/// A target that counts nothing.
pub const IGNORED: u32 = u32::MAX;

/// A summed loss and where its backward pass starts.
pub struct CrossEntropy {
    /// `Σ -log p(target)` in nats, one element, not tracked.
    pub sum: Tensor<1>,
    /// Of each tracked tensor that the loss was computed from the gradient of `scale` times the sum: [`crate::roots::backward`] goes
    /// on from them.
    pub roots: Vec<Root>,
}

/// What makes logits of hidden states: `cap(hidden · weightᵀ + bias)`.
#[derive(Clone, Debug)]
pub struct OutputHead {
    /// `[vocabulary, hidden]`.
    pub weight: Tensor<2>,
    /// `[1, vocabulary]`.
    pub bias: Option<Tensor<2>>,
    /// [`soft_cap`] of the logits, where there is one.
    pub cap: Option<f64>,
}

impl From<Tensor<2>> for OutputHead {
    /// A weight alone.
    fn from(weight: Tensor<2>) -> Self {
        Self { weight, bias: None, cap: None }
    }
}

impl OutputHead {
    /// Logits of `hidden`, `[tokens, hidden]`: `[tokens, vocabulary]`.
    #[must_use]
    pub fn logits(&self, hidden: Tensor<2>) -> Tensor<2> {
        let logits = linear(hidden, self.weight.clone());
        let logits = match &self.bias {
            Some(bias) => {
                let logits = full_precision(logits);
                let bias = bias.clone().cast(logits.dtype());
                logits + bias
            }
            None => logits,
        };
        match self.cap {
            Some(cap) => soft_cap(full_precision(logits), cap),
            None => logits,
        }
    }
}

/// Cross-entropy of a head's logits against `targets`, summed over the tokens.
///
/// `hidden` is `[tokens, hidden]`; `targets` has one class a token, each below `vocabulary` or [`IGNORED`]. There is at least
/// one token. `scale` is a factor on the gradients.
#[must_use]
pub fn linear_cross_entropy(
    hidden: Tensor<2>,
    head: impl Into<OutputHead>,
    targets: &[u32],
    scale: f64,
) -> CrossEntropy {
    let OutputHead { weight, bias, cap } = head.into();
    let [tokens, _] = hidden.dims();
    let [vocabulary, _] = weight.dims();
    let tracked = |t: &Tensor<2>| t.is_tracked();
    let wants = (tracked(&hidden), tracked(&weight), bias.as_ref().is_some_and(tracked));
    let h = hidden.clone().inner();
    let head = OutputHead { weight: weight.clone().inner(), bias: bias.clone().map(Tensor::inner), cap };
    let chunk = chunk(tokens, vocabulary, &hidden.device());

    let mut sum: Option<Tensor<1>> = None;
    let mut hidden_gradient = Vec::new();
    let (mut weight_gradient, mut bias_gradient): (Option<Tensor<2>>, Option<Tensor<2>>) = (None, None);
    for start in (0..tokens).step_by(chunk) {
        let count = chunk.min(tokens - start);
        let rows = h.clone().narrow(0, start, count);
        let part = Chunk::of_head(&rows, &head, &targets[start..start + count], scale);
        accumulate(&mut sum, part.loss);
        if !(wants.0 || wants.1 || wants.2) {
            continue;
        }
        if let Some(bias) = head.bias.as_ref().filter(|_| wants.2) {
            accumulate(&mut bias_gradient, part.gradient.clone().sum_dim(0).cast(bias.dtype()));
        }
        let gradient = part.gradient.cast(head.weight.dtype());
        if wants.0 {
            hidden_gradient.push(times(gradient.clone(), head.weight.clone()));
        }
        if wants.1 {
            accumulate(&mut weight_gradient, transposed_times(gradient, rows));
        }
    }
    let hidden_gradient = wants.0.then(|| Tensor::cat(hidden_gradient, 0));
    let pairs = [(Some(hidden), hidden_gradient), (Some(weight), weight_gradient), (bias, bias_gradient)];
    let roots = pairs.into_iter().filter_map(|(tensor, gradient)| Some(Root { tensor: tensor?, gradient: gradient? }));
    CrossEntropy { sum: sum.unwrap_or_else(|| Tensor::zeros([1], &h.device())), roots: roots.collect() }
}

/// Cross-entropy of `logits`, `[tokens, vocabulary]`, against `targets`, summed over the tokens: for a head that is more
/// than a matrix. The backward pass keeps something of the logits' size.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: &[u32], scale: f64) -> CrossEntropy {
    let part = Chunk::new(logits.clone().inner(), targets, scale);
    let gradient = part.gradient.cast(logits.dtype());
    let root = logits.is_tracked().then_some(Root { tensor: logits, gradient });
    CrossEntropy { sum: part.loss, roots: root.into_iter().collect() }
}

/// What a model says of some tokens.
pub struct Scored {
    /// `Σ -log p(target)` in nats, one element.
    pub sum: Tensor<1>,
    /// The likeliest class of each token, of equals the first.
    pub likeliest: Tensor<1, Int>,
}

/// Cross-entropy of the logits of `hidden`, `[tokens, hidden]`, against `targets`, summed over the tokens, and what is likeliest:
/// for evaluation, without gradients. There is at least one token; `classes` says how many logits one has.
pub fn score(hidden: &Tensor<2>, classes: usize, targets: &[u32], logits: impl Fn(Tensor<2>) -> Tensor<2>) -> Scored {
    let tokens = targets.len();
    let chunk = chunk(tokens, classes, &hidden.device());
    let (mut sum, mut likeliest) = (None, Vec::new());
    for start in (0..tokens).step_by(chunk) {
        let count = chunk.min(tokens - start);
        let logits = logits(hidden.clone().narrow(0, start, count));
        likeliest.push(logits.clone().argmax(1).reshape([count]));
        accumulate(&mut sum, Chunk::new(logits, &targets[start..start + count], 1.0).loss);
    }
    let sum = sum.unwrap_or_else(|| Tensor::zeros([1], &hidden.device()));
    Scored { sum, likeliest: Tensor::cat(likeliest, 0) }
}

/// Loss of a few tokens, and its gradient with respect to their logits, scaled.
struct Chunk {
    loss: Tensor<1>,
    gradient: Tensor<2>,
}

impl Chunk {
    fn of_head(rows: &Tensor<2>, head: &OutputHead, targets: &[u32], scale: f64) -> Self {
        let logits = head.logits(rows.clone());
        let Some(cap) = head.cap else { return Self::new(logits, targets, scale) };
        // The slope of `cap · tanh(x / cap)`.
        let slope = logits.clone().div_scalar(cap).square().neg().add_scalar(1.0);
        let capped = Self::new(logits, targets, scale);
        let slope = slope.cast(capped.gradient.dtype());
        Self { gradient: capped.gradient * slope, loss: capped.loss }
    }

    fn new(logits: Tensor<2>, targets: &[u32], scale: f64) -> Self {
        let (count, device) = (targets.len(), logits.device());
        // -1 where the target is ignored.
        let classes: Vec<i32> = targets.iter().map(|&t| t as i32).collect();
        let classes = Tensor::<1, Int>::from_data(TensorData::new(classes, [count]), (&device, DType::I32));
        #[cfg(feature = "cuda")]
        let logits = match crate::cuda::entropy(logits, &classes, scale) {
            Ok((loss, gradient)) => return Self { loss, gradient },
            Err(logits) => *logits,
        };
        let logits = full_precision(logits);
        let counts = targets.contains(&IGNORED).then(|| {
            let counts: Vec<f32> = targets.iter().map(|&t| if t == IGNORED { 0.0 } else { 1.0 }).collect();
            Tensor::<2>::from_data(TensorData::new(counts, [count, 1]), (&device, logits.dtype()))
        });
        let classes = classes.reshape([count, 1]).clamp_min(0);
        let peak = logits.clone().max_dim(1);
        let target = logits.clone().gather(1, classes.clone()) - peak.clone();
        let exponentials = (logits - peak).exp();
        let normaliser = exponentials.clone().sum_dim(1);
        let losses = normaliser.clone().log() - target;
        let one = Tensor::full([count, 1], -scale, (&device, exponentials.dtype()));
        let gradient = (exponentials / normaliser.div_scalar(scale)).scatter(1, classes, one, IndexingUpdateOp::Add);
        match counts {
            Some(counts) => Self { loss: total(losses * counts.clone()), gradient: gradient * counts },
            None => Self { loss: total(losses), gradient },
        }
    }
}

fn accumulate<const D: usize>(total: &mut Option<Tensor<D>>, part: Tensor<D>) {
    *total = Some(match total.take() {
        Some(sum) => sum + part,
        None => part,
    });
}
