//! What a plugin has to hold with weights: that training starts from the model as it is, and that its merge is its forward pass.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use graftwork_adapt::{Adapted, Mode};
use graftwork_authoring::conformance::Check;
use graftwork_kernels::random::Key;
use graftwork_model::{Parameters, Weights};

use crate::base::Base;
use crate::host::Prepared;
use crate::{Error, Event, tensors};

/// How far logits may be apart, relative to the largest: f32 through a few layers.
const CLOSE: f32 = 1e-4;
/// Tokens of the text that logits are computed of.
const TOKENS: u32 = 24;

/// Checks a plan on its model.
pub(crate) fn on_weights(prepared: &Prepared, on_event: &mut dyn FnMut(Event)) -> Result<Vec<Check>, Error> {
    let device = Device::flex();
    let base = &prepared.base;
    let weights = base.weights(&device, on_event)?;
    let plain = logits(base, &Weights(weights.clone()), &device)?;
    let fresh = |seed| Adapted::new(Arc::clone(&base.manifest), Arc::clone(&prepared.plan), weights.clone(), seed);
    let mut adapted = match fresh(1) {
        Ok(adapted) => adapted,
        Err(error) => return Ok(vec![Check::new("starts from finite values", Err(error.to_string()))]),
    };
    let session = |adapted: &Adapted| logits(base, &adapted.session(&Mode::Evaluation), &device);
    let start = apart(&session(&adapted)?, &plain);
    let again = apart(&session(&fresh(1)?)?, &session(&adapted)?);
    // As after some training: every tensor elsewhere.
    let trained: Vec<usize> = (0..adapted.slots().len()).filter(|&slot| adapted.trains(slot)).collect();
    for slot in trained {
        let moved = moved(&adapted.tensor(slot), slot);
        adapted.set_tensor(slot, moved);
    }
    let trained = session(&adapted)?;
    let merged = (0..base.manifest.params.len() as u32).map(|id| adapted.merged(graftwork_plan::ParamId(id)));
    let merge = match merged.collect::<Result<Vec<_>, _>>() {
        Ok(merged) => judge(apart(&logits(base, &Weights(merged), &device)?, &trained), "the merged model"),
        Err(error) => Err(error.to_string()),
    };
    let effect = apart(&trained, &plain);
    Ok(vec![
        Check::new("starts from the model as it is", judge(start, "the model at step 0")),
        Check::new("draws the same values for a seed", judge(again, "the model drawn again")),
        Check::new("changes the model", if effect > CLOSE { Ok(apart_by(effect)) } else { Err(apart_by(effect)) }),
        Check::new("merges to what it computes", merge),
    ])
}

fn apart_by(difference: f32) -> String {
    format!("logits differ by {difference:.1e} of the largest")
}

fn judge(difference: f32, what: &str) -> Result<String, String> {
    let text = format!("{what}: {}", apart_by(difference));
    // A difference that is no number is none that is small.
    if difference <= CLOSE { Ok(text) } else { Err(text) }
}

/// A value near by, for every element another.
fn moved(value: &Tensor<2>, slot: usize) -> Tensor<2> {
    let [rows, columns] = value.dims();
    let noise = Key::new(7).child("conformance").number(slot as u64).normal(rows * columns, 0.02);
    value.clone() + Tensor::from_data(TensorData::new(noise, [rows, columns]), &value.device())
}

fn logits(base: &Base, parameters: &dyn Parameters, device: &Device) -> Result<Vec<f32>, Error> {
    let vocabulary = base.architecture.dimensions().vocabulary.max(1) as u32;
    let ids: Vec<u32> = (1..=TOKENS).map(|at| at * 37 % vocabulary).collect();
    tensors::values(graftwork_train::logits(base.architecture.as_ref(), parameters, &ids, device))
}

/// The largest difference, relative to the largest magnitude.
fn apart(found: &[f32], expected: &[f32]) -> f32 {
    let scale = expected.iter().fold(f32::MIN_POSITIVE, |m, v| m.max(v.abs()));
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let worst = differences.fold(0.0, |m: f32, d| if d.is_nan() { f32::NAN } else { m.max(d) });
    if worst.is_nan() { f32::INFINITY } else { worst / scale }
}
