//! What a person asks for: the content of `run.toml`, which flags of the command line override.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use graftwork_data::{DataOptions, DataSource, EvalSplit, Format, LossOn, Order, Tokenizer};
use graftwork_kernels::adamw::AdamW;
use graftwork_model::TaskKind;
use graftwork_train::{Duration, Schedule, TrainOptions, Warmup};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::Base;
use crate::{DeviceChoice, Error};

/// A run. Every field has a default: without `model` and `data`, the small model and text that come with Graftwork.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// Hugging Face folder of the base model.
    pub model: Option<PathBuf>,
    /// What the model is trained for; if not given, what the adapter was trained for, classification where the data has labels, or
    /// what the model was saved for.
    pub task: Option<TaskKind>,
    /// Folder of a trained adapter, whose tensors replace the initial values of those of the same name.
    pub adapter: Option<PathBuf>,
    /// Where the run is written; the next free `runs/STRATEGY-N` if not given.
    pub out: Option<PathBuf>,
    /// Whether an existing run at `out` may be replaced.
    pub overwrite: bool,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Seed of the initial values, the dropout, the data order and the evaluation split.
    pub seed: u64,
    /// Text that the model continues before and after training, as a sample of what changed.
    pub sample: Option<String>,
    /// The strategies, selectors before those that they select for.
    pub strategy: Vec<StrategyConfig>,
    /// The data.
    pub data: DataSection,
    /// The training loop.
    pub train: TrainSection,
}

/// A strategy plugin with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategyConfig {
    /// The plugin's file, or the name of one that is inside the program.
    pub path: PathBuf,
    /// Its settings, as its schema has them.
    #[serde(default)]
    pub config: Map<String, Value>,
}

impl StrategyConfig {
    /// A plugin with its default settings.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), config: Map::new() }
    }
}

/// The data of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSection {
    /// What to train on: paths of files and folders, glob patterns, `-` for standard input; or tables of `path`, `weight`
    /// (the share of an epoch's rows) and `format`.
    pub files: Vec<DataSource>,
    /// The records' format, where `files` does not say it; found from the files if not given.
    pub format: Option<Format>,
    /// The longest row, in tokens; 512 if not given, 128 for the model and text that come with the program.
    pub max_length: Option<usize>,
    /// Whether short samples share rows.
    pub packing: bool,
    /// Which tokens the loss counts.
    pub loss_on: LossOn,
    /// Part of the training data, or files, to evaluate on; a twentieth if not given, a hundredth of the text that comes with
    /// the program.
    pub eval: Option<EvalSplit>,
    /// Order of the rows.
    pub order: Order,
    /// Names of the classes, by class, for sequence classification; the model's or the data's if not given.
    pub labels: Option<Vec<String>>,
    /// Share of the tokens that masked language modelling hides; 0.15 if not given.
    pub masked: Option<f32>,
    /// The time that a chat template shows where it shows one, in seconds since 1970, UTC; that of the run's start if not given.
    pub now: Option<i64>,
}

/// The training loop of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainSection {
    /// Updates; excludes `epochs`.
    pub steps: Option<u64>,
    /// Passes over the data; 3 if `steps` is not given either.
    pub epochs: Option<f64>,
    /// Rows in one forward pass.
    pub batch_size: NonZeroUsize,
    /// Forward passes in one update.
    pub gradient_accumulation: NonZeroUsize,
    /// Peak learning rate; if not given, 2e-4 where only adapters train and 2e-5 where the model itself does.
    pub learning_rate: Option<f64>,
    /// Course of the learning rate.
    pub schedule: Schedule,
    /// Its rise at the start.
    pub warmup: Warmup,
    /// Decoupled weight decay of matrices.
    pub weight_decay: f64,
    /// Decay of AdamW's first moment.
    pub beta1: f64,
    /// Decay of AdamW's second moment.
    pub beta2: f64,
    /// AdamW's term in the denominator.
    pub eps: f64,
    /// The gradient's global norm is cut to this; 0 leaves it.
    pub max_grad_norm: f64,
    /// Evaluate every so many updates, besides the start and the end.
    pub eval_every: Option<u64>,
    /// Write a checkpoint every so many updates.
    pub checkpoint_every: Option<u64>,
    /// Keep so many of the newest checkpoints; all if not given.
    pub keep_last: Option<NonZeroUsize>,
    /// Keep so many of the checkpoints with the lowest evaluation loss besides, and write one whenever it is the lowest so far.
    pub keep_best: Option<NonZeroUsize>,
    /// End the run when so many evaluations in a row were no better than the best before them.
    pub early_stopping: Option<NonZeroU64>,
    /// Which weights the run's result has.
    pub result: ResultChoice,
    /// What of the forward pass is computed again in the backward pass, to save memory.
    pub recompute: Recompute,
    /// Run only where two runs are the same, bit by bit.
    pub deterministic: bool,
}

/// Which weights the result of a run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResultChoice {
    /// Those after the last update.
    #[default]
    Last,
    /// Those with the lowest evaluation loss, with what controllers decided upon it carried out: rows that AdaLoRA cuts are zero in
    /// them, and were not in the evaluation.
    Best,
}

/// What of the forward pass is computed again in the backward pass. The result is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recompute {
    /// Nothing: everything is kept.
    None,
    /// Each block, from its input.
    Block,
    /// Blocks where an update would not fit into the device's memory otherwise.
    #[default]
    Auto,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            model: None,
            task: None,
            adapter: None,
            out: None,
            overwrite: false,
            device: DeviceChoice::default(),
            seed: 42,
            sample: None,
            strategy: Vec::new(),
            data: DataSection::default(),
            train: TrainSection::default(),
        }
    }
}

impl Default for DataSection {
    fn default() -> Self {
        let d = DataOptions::default();
        Self {
            files: Vec::new(),
            format: d.format,
            max_length: None,
            packing: d.packing,
            loss_on: d.loss_on,
            eval: None,
            order: d.order,
            labels: None,
            masked: None,
            now: None,
        }
    }
}

impl Default for TrainSection {
    fn default() -> Self {
        let adamw = AdamW::default();
        Self {
            steps: None,
            epochs: None,
            batch_size: const { NonZeroUsize::new(8).unwrap() },
            gradient_accumulation: NonZeroUsize::MIN,
            learning_rate: None,
            schedule: Schedule::default(),
            warmup: Warmup::Ratio(0.03),
            weight_decay: 0.01,
            beta1: adamw.beta1,
            beta2: adamw.beta2,
            eps: adamw.eps,
            max_grad_norm: 1.0,
            eval_every: None,
            checkpoint_every: None,
            keep_last: None,
            keep_best: None,
            early_stopping: None,
            result: ResultChoice::default(),
            recompute: Recompute::default(),
            deterministic: false,
        }
    }
}

impl RunConfig {
    /// Reads a `run.toml`.
    ///
    /// # Errors
    /// The file cannot be read, or a key is unknown or has the wrong type; the message has the line.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let fail = |message: String| Error::setting(path.display().to_string(), message);
        let text = std::fs::read_to_string(path).map_err(|e| fail(format!("cannot be read: {e}")))?;
        toml::from_str(&text).map_err(|e| fail(e.to_string()))
    }

    /// The configuration as `run.toml` has it.
    pub(crate) fn to_toml(&self) -> Result<String, Error> {
        toml::to_string_pretty(self).map_err(|e| Error::setting("run.toml", e.to_string()))
    }

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
