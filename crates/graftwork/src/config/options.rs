//! From what a person asks for to the options of the data and of the training loop.

use std::num::NonZeroU64;

use graftwork_data::{DataOptions, Tokenizer};
use graftwork_kernels::adamw::AdamW;
use graftwork_train::{Duration, TrainOptions};

use super::{Recompute, RunConfig};
use crate::Error;
use crate::base::Base;

impl RunConfig {
    /// Writes out what is left open, so that a run's record says it.
    pub(crate) fn settle(&mut self, base: &Base) -> Result<(), Error> {
        let options = self.data_options(base)?;
        self.task = Some(base.task.kind);
        self.data.labels = (!base.task.labels.is_empty()).then(|| base.task.labels.clone());
        self.data.now = base.tokenizer().ok().and_then(Tokenizer::now);
        self.data.max_length = Some(options.max_length);
        self.data.eval = Some(options.eval);
        Ok(())
    }

    /// Options of the data for a model.
    pub(crate) fn data_options(&self, base: &Base) -> Result<DataOptions, Error> {
        let (d, defaults) = (&self.data, DataOptions::default());
        let limit = base.architecture.position_limit().map_or(usize::MAX, |limit| limit as usize);
        if let Some(max_length) = d.max_length {
            base.fits("max_length", max_length)?;
        }
        Ok(DataOptions {
            format: d.format,
            max_length: d.max_length.unwrap_or(defaults.max_length.min(limit)),
            packing: d.packing,
            loss_on: d.loss_on,
            eval: d.eval.clone().unwrap_or(defaults.eval),
            objective: base.task.objective(d.masked)?,
            seed: self.seed,
            order: d.order,
        })
    }

    /// Options of the loop; `whole_model` says whether the model itself trains. What `auto` comes to is left to others.
    pub(crate) fn train_options(&self, whole_model: bool) -> Result<TrainOptions, Error> {
        let t = &self.train;
        let duration = match (t.steps, t.epochs) {
            (Some(_), Some(_)) => return Err(Error::setting("steps", "give either `steps` or `epochs`, not both")),
            (Some(steps), None) => Duration::Steps(steps),
            (None, epochs) => Duration::Epochs(epochs.unwrap_or(3.0)),
        };
        let options = TrainOptions {
            duration,
            batch_size: t.batch_size,
            gradient_accumulation: t.gradient_accumulation,
            learning_rate: t.learning_rate.unwrap_or(if whole_model { 2e-5 } else { 2e-4 }),
            schedule: t.schedule,
            warmup: t.warmup,
            weight_decay: t.weight_decay,
            adamw: AdamW { beta1: t.beta1, beta2: t.beta2, eps: t.eps },
            max_grad_norm: (t.max_grad_norm != 0.0).then_some(t.max_grad_norm),
            eval_every: t.eval_every,
            checkpoint_every: t.checkpoint_every,
            checkpoint_best: t.keep_best.is_some() || t.wants_the_best(),
            early_stopping: t.early_stopping.map(NonZeroU64::get),
            recompute: t.recompute == Recompute::Block,
            seed: self.seed,
        };
        options.validate()?;
        Ok(options)
    }
}
