//! From a batch to its loss, for training and for evaluation.

use burn::tensor::{Device, Int, Tensor, TensorData};
use graftwork_data::{Batch, DataError};
use graftwork_kernels::loss::{CrossEntropy, IGNORED, cross_entropy, linear_cross_entropy, score};
use graftwork_model::{Architecture, Input, Parameters};

use crate::error::{integers, read};
use crate::metrics::Tally;
use crate::{Evaluation, TrainError};

/// A batch as the model is given it.
pub(crate) fn input(batch: &Batch, device: &Device) -> Input {
    let Batch { rows, ids, positions, segments, types, .. } = batch;
    let input = Input::new(*rows, ids.clone(), positions.clone(), segments.clone(), device);
    if types.is_empty() { input } else { input.with_types(types.clone()) }
}

/// The hidden states that have targets, and these: of the classes of rows, or of tokens.
fn counted(batch: &Batch, hidden: Tensor<2>) -> (Tensor<2>, Vec<u32>) {
    if !batch.labels.is_empty() {
        return (hidden, batch.labels.clone());
    }
    let counted: Vec<usize> = (0..batch.counts.len()).filter(|&i| batch.counts[i]).collect();
    // The head sees only the positions that count: prompts and padding cost no logits. Where few do not count, taking them
    // out costs more than their logits.
    let all = batch.counts.len();
    if counted.len() * 8 >= all * 7 {
        let target = |i: usize| if batch.counts[i] { batch.targets[i] } else { IGNORED };
        return (hidden, (0..all).map(target).collect());
    }
    let targets: Vec<u32> = counted.iter().map(|&i| batch.targets[i]).collect();
    let places: Vec<i32> = counted.iter().map(|&i| i as i32).collect();
    let (count, device) = (places.len(), hidden.device().without_autodiff());
    (hidden.select(0, Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &device)), targets)
}

/// Loss of a batch that has targets, summed over them, from its final hidden states. The roots have the gradient of `scale` times the sum.
pub(crate) fn head_loss(
    architecture: &dyn Architecture,
    parameters: &dyn Parameters,
    batch: &Batch,
    hidden: Tensor<2>,
    scale: f64,
) -> CrossEntropy {
    let (hidden, targets) = counted(batch, hidden);
    let head = architecture.head();
    match head.output(parameters) {
        Some(output) => linear_cross_entropy(hidden, output, &targets, scale),
        None => cross_entropy(head.logits(parameters, hidden), &targets, scale),
    }
}

/// Loss and accuracy over batches. `after_batch` is called after each and ends the evaluation by giving false: then there is no
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
    let head = architecture.head();
    let classes = architecture.params()[head.weight.index()].shape.dims()[0] as usize;
    let mut tally = Tally::new(architecture.task());
    for batch in batches {
        let batch = batch?;
        if batch.target_tokens() > 0 {
            let hidden = architecture.forward(parameters, &input(&batch, device), None);
            let (hidden, targets) = counted(&batch, hidden);
            let scored = score(&hidden, classes, &targets, |hidden| head.logits(parameters, hidden));
            let likeliest = integers(scored.likeliest)?;
            tally.add(read(scored.sum)?, targets.into_iter().zip(likeliest).filter(|(target, _)| *target != IGNORED));
        }
        if !after_batch() {
            return Ok(None);
        }
    }
    Ok(tally.finish())
}

/// Logits of one sequence: `[length, vocabulary]`, or of its classes `[1, classes]`.
#[must_use]
pub fn logits(architecture: &dyn Architecture, parameters: &dyn Parameters, ids: &[u32], device: &Device) -> Tensor<2> {
    let hidden = architecture.forward(parameters, &Input::sequence(ids, 0, device), None);
    architecture.head().logits(parameters, hidden)
}
