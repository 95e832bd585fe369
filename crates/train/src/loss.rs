//! From a batch to its loss, for training and for evaluation.

use burn::tensor::{Device, Int, Tensor, TensorData};
use graftwork_data::{Batch, DataError};
use graftwork_kernels::loss::{CrossEntropy, IGNORED, cross_entropy, linear_cross_entropy};
use graftwork_model::{Architecture, Input, Parameters};
use serde::Serialize;

use crate::TrainError;
use crate::error::read;

/// What an evaluation measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Mean loss over the target tokens, in nats.
    pub loss: f64,
    /// `exp(loss)`.
    pub perplexity: f64,
    /// Tokens that the loss counts.
    pub target_tokens: u64,
}

/// A batch as the model is given it.
pub(crate) fn input(batch: &Batch, device: &Device) -> Input {
    Input::new(batch.rows, batch.ids.clone(), batch.positions.clone(), batch.segments.clone(), device)
}

/// Loss of a batch that has targets, summed over them, from its final hidden states. The roots have the gradient of `scale` times the sum.
pub(crate) fn head_loss(
    architecture: &dyn Architecture,
    parameters: &dyn Parameters,
    batch: &Batch,
    hidden: Tensor<2>,
    scale: f64,
) -> CrossEntropy {
    let counted: Vec<usize> = (0..batch.counts.len()).filter(|&i| batch.counts[i]).collect();
    // The head sees only the positions that count: prompts and padding cost no logits. Where few do not count, taking them
    // out costs more than their logits.
    let all = batch.counts.len();
    let (hidden, targets) = if counted.len() * 8 >= all * 7 {
        let target = |i: usize| if batch.counts[i] { batch.targets[i] } else { IGNORED };
        (hidden, (0..all).map(target).collect())
    } else {
        let targets: Vec<u32> = counted.iter().map(|&i| batch.targets[i]).collect();
        let places: Vec<i32> = counted.iter().map(|&i| i as i32).collect();
        let (count, device) = (places.len(), hidden.device().without_autodiff());
        (hidden.select(0, Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &device)), targets)
    };
    let head = architecture.head();
    match parameters.plain(head.weight) {
        Some(weight) => linear_cross_entropy(hidden, weight, head.bias.map(|b| parameters.value(b)), &targets, scale),
        None => cross_entropy(parameters.linear(head.weight, head.bias, hidden), &targets, scale),
    }
}

/// Mean loss over batches. `after_batch` is called after each and ends the evaluation by giving false: then there is no
/// result. Nor is there one where no batch has a target.
///
/// # Errors
/// The device fails, or a batch cannot be read.
pub fn evaluate(
    architecture: &dyn Architecture,
    parameters: &dyn Parameters,
    batches: impl Iterator<Item = Result<Batch, DataError>>,
    device: &Device,
    mut after_batch: impl FnMut() -> bool,
) -> Result<Option<Evaluation>, TrainError> {
    let (mut sum, mut tokens) = (0.0, 0u64);
    for batch in batches {
        let batch = batch?;
        if batch.target_tokens() > 0 {
            let hidden = architecture.forward(parameters, &input(&batch, device), None);
            sum += read(head_loss(architecture, parameters, &batch, hidden, 1.0).sum)?;
            tokens += batch.target_tokens() as u64;
        }
        if !after_batch() {
            return Ok(None);
        }
    }
    let loss = sum / tokens as f64;
    Ok((tokens > 0).then(|| Evaluation { loss, perplexity: loss.exp(), target_tokens: tokens }))
}

/// Logits of one sequence at every position, `[length, vocabulary]`.
#[must_use]
pub fn logits(architecture: &dyn Architecture, parameters: &dyn Parameters, ids: &[u32], device: &Device) -> Tensor<2> {
    let hidden = architecture.forward(parameters, &Input::sequence(ids, 0, device), None);
    let head = architecture.head();
    parameters.linear(head.weight, head.bias, hidden)
}
