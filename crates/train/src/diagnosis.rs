//! Where a loss or a gradient that is not finite comes from.
//!
//! Asked only when it has happened, and before anything has changed: the step is gone through once more, a sample at a time and
//! looking at every tensor on the way.

use std::cell::Cell;
use std::fmt;

use burn::tensor::{Device, Int, Tensor};
use graftwork_adapt::{Adapted, Mode, Session};
use graftwork_data::{Batch, Source};
use graftwork_model::{Architecture, Parameters};
use graftwork_plan::ParamId;

use crate::error::read;
use crate::loss::{evaluate, head_loss, input};
use crate::{Optimizer, TrainError};

/// What of a step is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The loss.
    Loss,
    /// The global norm of the gradient.
    GradientNorm,
}

/// What a loss or a gradient that is not finite comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Of which samples.
    pub samples: Samples,
    /// From which tensor on; none where every tensor is finite.
    pub tensor: Option<Culprit>,
}

/// Which samples of a step are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// The first that is by itself not finite, where not all of them are.
    One(Source),
    /// All of them, or none without the others.
    Batch {
        /// Where the first lies.
        first: Option<Source>,
        /// How many there are.
        count: usize,
    },
}

/// A tensor that is to blame, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// A weight of the model that does not train holds a value that is not finite.
    Weight(String),
    /// So does a tensor that the run trains or keeps.
    Trained(String),
    /// This parameter's tensors are finite, and what its layer gives is the first that is not.
    Output(String),
    /// The gradient of this trained tensor is the first that is not finite; where all are, it is the largest, and the norm of all
    /// overflows.
    Gradient(String),
}

impl Cause {
    fn remedy(&self) -> &'static str {
        match (&self.tensor, &self.samples) {
            (Some(Culprit::Weight(_)), _) => "Take an undamaged copy of the model",
            (_, Samples::One(_)) => "Look at that record, or lower the learning rate",
            (_, Samples::Batch { .. }) => "Lower the learning rate, or look at these records",
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loss => "loss",
            Self::GradientNorm => "gradient norm",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tensor {
            Some(Culprit::Weight(name)) => write!(f, "the model's `{name}` holds a value that is not finite, met")?,
            Some(Culprit::Trained(name)) => write!(f, "`{name}` holds a value that is not finite, met")?,
            Some(Culprit::Output(name)) => write!(f, "what `{name}` gives is the first that is not finite,")?,
            Some(Culprit::Gradient(name)) => write!(f, "the gradient of `{name}` is too large or not a number,")?,
            None => f.write_str("no tensor alone is the cause,")?,
        }
        match &self.samples {
            Samples::One(source) => write!(f, " in the record at {source}")?,
            Samples::Batch { first: Some(first), count } => write!(f, " in a batch of {count} that starts at {first}")?,
            Samples::Batch { first: None, count } => write!(f, " in a batch of {count}")?,
        }
        write!(f, ". {}", self.remedy())
    }
}

/// A step that failed, with the model as it was before.
pub(crate) struct Failed<'a> {
    pub(crate) architecture: &'a dyn Architecture,
    pub(crate) model: &'a Adapted,
    pub(crate) device: &'a Device,
    pub(crate) batches: &'a [Batch],
    /// Slots that train, and their gradients of some batches.
    pub(crate) slots: &'a [usize],
    pub(crate) gradients: &'a dyn Fn(&[Batch]) -> Vec<Tensor<2>>,
}

impl Failed<'_> {
    /// What the quantity is not finite of. A device that fails meanwhile leaves it unknown.
    pub(crate) fn cause(&self, quantity: Quantity) -> Cause {
        let samples = self.blamed(quantity).unwrap_or(None);
        let tensor = match quantity {
            Quantity::Loss => self.output(samples.as_ref()),
            Quantity::GradientNorm => self.gradient(),
        };
        let sources = || self.batches.iter().flat_map(|batch| &batch.sources);
        let all = || Samples::Batch { first: sources().next().cloned(), count: sources().count() };
        let one = samples.and_then(|sample| sample.sources.into_iter().next());
        Cause { samples: one.map_or_else(all, Samples::One), tensor: tensor.unwrap_or(None) }
    }

    /// The first sample that is not finite by itself; none where all are, or none is. One alone is the batch.
    fn blamed(&self, quantity: Quantity) -> Result<Option<Batch>, TrainError> {
        let samples = || self.batches.iter().flat_map(Batch::samples).filter(|sample| sample.target_tokens() > 0);
        let alone = samples().nth(1).is_none();
        let (mut first, mut sound) = (None, alone);
        for sample in samples() {
            if self.is_sound(quantity, &sample)? {
                sound = true;
            } else {
                first.get_or_insert(sample);
            }
            if sound && first.is_some() {
                return Ok(first);
            }
        }
        Ok(None)
    }

    /// Whether the quantity of this sample alone is finite.
    fn is_sound(&self, quantity: Quantity, sample: &Batch) -> Result<bool, TrainError> {
        match quantity {
            Quantity::Loss => {
                let session = self.model.session(&Mode::Evaluation);
                let batches = std::iter::once(Ok(sample.clone()));
                let evaluation = evaluate(self.architecture, &session, batches, self.device, || true)?;
                Ok(evaluation.is_none_or(|evaluation| evaluation.loss.is_finite()))
            }
            Quantity::GradientNorm => {
                let norm = Optimizer::norm(&(self.gradients)(std::slice::from_ref(sample)));
                Ok(norm.map_or(Ok(0.0), read)?.is_finite())
            }
        }
    }

    /// Where a forward pass over a sample, or over all, first gives what is not finite.
    fn output(&self, sample: Option<&Batch>) -> Result<Option<Culprit>, TrainError> {
        let session = self.model.session(&Mode::Evaluation);
        for batch in sample.map_or(self.batches, std::slice::from_ref).iter().filter(|batch| batch.target_tokens() > 0)
        {
            let watch = Watch { session: &session, first: Cell::new(None) };
            let hidden = self.architecture.forward(&watch, &input(batch, self.device), None);
            let loss = read(head_loss(self.architecture, &watch, batch, hidden, 1.0).sum)?;
            // A head whose logits were made a chunk at a time was not seen at work.
            let head = (!loss.is_finite()).then(|| self.architecture.head().weight);
            let Some(param) = watch.first.get().or(head) else { continue };
            let broken = self.model.parts(param).into_iter().find(|(_, tensor)| !is_finite(tensor));
            let trained = |name: &str| self.model.slots().iter().any(|slot| slot.name == name);
            return Ok(Some(match broken {
                Some((name, _)) if trained(name) => Culprit::Trained(name.to_owned()),
                Some((name, _)) => Culprit::Weight(name.to_owned()),
                None => Culprit::Output(self.model.param(param).name.clone()),
            }));
        }
        Ok(None)
    }

    /// The trained tensor whose gradient is the first that is not finite, or the largest.
    fn gradient(&self) -> Result<Option<Culprit>, TrainError> {
        let gradients = (self.gradients)(self.batches);
        let mut largest = (None, f64::NEG_INFINITY);
        for (&slot, gradient) in self.slots.iter().zip(&gradients) {
            let peak = match is_finite(gradient) {
                true => read(gradient.clone().abs().max())?,
                false => f64::INFINITY,
            };
            if peak > largest.1 {
                largest = (Some(slot), peak);
            }
        }
        Ok(largest.0.map(|slot| Culprit::Gradient(self.model.slots()[slot].name.clone())))
    }
}

/// Parameters that notice the first of them that gives what is not finite.
struct Watch<'a> {
    session: &'a Session<'a>,
    first: Cell<Option<ParamId>>,
}

impl Watch<'_> {
    fn seen(&self, param: ParamId, given: Tensor<2>) -> Tensor<2> {
        if self.first.get().is_none() && !is_finite(&given) {
            self.first.set(Some(param));
        }
        given
    }
}

impl Parameters for Watch<'_> {
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2> {
        self.seen(weight, self.session.linear(weight, bias, x))
    }

    fn linears(&self, weights: &[(ParamId, Option<ParamId>)], x: Tensor<2>) -> Vec<Tensor<2>> {
        let given = self.session.linears(weights, x);
        weights.iter().zip(given).map(|((weight, _), given)| self.seen(*weight, given)).collect()
    }

    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2> {
        self.seen(weight, self.session.embedding(weight, ids))
    }

    fn value(&self, param: ParamId) -> Tensor<2> {
        self.seen(param, self.session.value(param))
    }

    fn plain(&self, param: ParamId) -> Option<Tensor<2>> {
        self.session.plain(param)
    }
}

/// Whether every element is a finite number, as far as the device says.
fn is_finite(tensor: &Tensor<2>) -> bool {
    tensor.clone().is_finite().all().try_into_scalar::<bool>().unwrap_or(true)
}
