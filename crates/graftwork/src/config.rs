//! What a person asks for: the content of `run.toml`, which flags of the command line override.

mod file;
mod options;
mod problem;
mod reference;
mod schema;
mod set;
mod values;

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use graftwork_data::{DataOptions, DataSource, EvalSplit, Format, LossOn, Order};
use graftwork_kernels::adamw::AdamW;
use graftwork_model::TaskKind;
use graftwork_train::{Schedule, Warmup};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::DeviceChoice;
pub use problem::{Problem, Problems};
pub(crate) use reference::in_toml;
pub use reference::reference;
pub use schema::schema;
pub(crate) use schema::{choices, properties};
pub use set::setting_value;
pub(crate) use values::admitted;

/// A run. Every key has a default: without `model` and `data`, the small model and text that come with Graftwork.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// The base model: a Hugging Face folder, or a name on the Hub as `ORG/NAME@REVISION`; the small one that comes with the
    /// program if not given.
    #[schemars(example = "models/SmolLM2-135M")]
    pub model: Option<PathBuf>,
    /// What the model is trained for; if not given, what the adapter was trained for, classification where the data has labels, or
    /// what the model was saved for.
    #[schemars(example = TaskKind::CausalLm)]
    pub task: Option<TaskKind>,
    /// Folder of a trained adapter, whose tensors replace the initial values of those of the same name; none if not given.
    #[schemars(example = "runs/lora-1")]
    pub adapter: Option<PathBuf>,
    /// Where the run is written; the next free `runs/STRATEGY-N` if not given.
    #[schemars(example = "runs/mine")]
    pub out: Option<PathBuf>,
    /// Whether an existing run at `out` may be replaced.
    pub overwrite: bool,
    /// Where to compute: `cpu`, or an NVIDIA GPU by its number as `cuda:0`.
    pub device: DeviceChoice,
    /// Seed of the initial values, the dropout, the data order and the evaluation split.
    pub seed: u64,
    /// Text that the model continues before and after training, as a sample of what changed; none if not given.
    #[schemars(example = "Once upon a time")]
    pub sample: Option<String>,
    /// The strategy plugins, selectors before those that they select for. At least one has to be given, here or by `--strategy`.
    pub strategy: Vec<StrategyConfig>,
    /// The data.
    pub data: DataSection,
    /// The training loop.
    pub train: TrainSection,
}

/// A strategy plugin with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategyConfig {
    /// The plugin's file, or the name of one that is inside the program.
    #[schemars(example = "plugins/lora.wasm")]
    pub path: PathBuf,
    /// Its settings, as its own schema has them: `host plugin inspect FILE` lists them.
    #[serde(default)]
    pub config: Map<String, Value>,
}

impl StrategyConfig {
    /// A plugin with its default settings.
    ///
    /// # Examples
    /// ```
    /// use graftwork::StrategyConfig;
    ///
    /// let mut lora = StrategyConfig::new("lora");
    /// lora.config.insert("target_modules".to_owned(), ["q_proj", "v_proj"].as_slice().into());
    /// ```
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), config: Map::new() }
    }
}

/// The data of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataSection {
    /// What to train on: paths of files and folders, glob patterns, `-` for standard input, names on the Hub; or tables of `path`,
    /// `weight` and `format`. The text that comes with the program if there are none.
    pub files: Vec<DataSource>,
    /// The records' format, where `files` does not say it; found from the files if not given.
    #[schemars(example = Format::Chat)]
    pub format: Option<Format>,
    /// The longest row, in tokens; 512 if not given, 128 for the model and text that come with the program.
    #[schemars(extend("minimum" = 2), example = 512)]
    pub max_length: Option<usize>,
    /// Whether short samples share rows. They do not see each other.
    pub packing: bool,
    /// Which tokens the loss counts.
    pub loss_on: LossOn,
    /// Part of the training data, or files, to evaluate on; a twentieth if not given, a hundredth of the text that comes with
    /// the program.
    #[schemars(example = 0.05)]
    pub eval: Option<EvalSplit>,
    /// Order of the rows.
    pub order: Order,
    /// Names of the classes, by class, for sequence classification; the model's or the data's if not given.
    #[schemars(example = ["negative", "positive"])]
    pub labels: Option<Vec<String>>,
    /// Share of the tokens that masked language modelling hides; 0.15 if not given.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1), example = 0.15)]
    pub masked: Option<f32>,
    /// The time that a chat template shows where it shows one, in seconds since 1970, UTC; that of the run's start if not given.
    #[schemars(example = 1_735_689_600)]
    pub now: Option<i64>,
}

/// The training loop of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrainSection {
    /// Updates; excludes `epochs`. As many as `epochs` comes to if not given.
    #[schemars(extend("minimum" = 1), example = 1000)]
    pub steps: Option<u64>,
    /// Passes over the data; 3 if `steps` is not given either.
    #[schemars(extend("exclusiveMinimum" = 0), example = 3.0)]
    pub epochs: Option<f64>,
    /// Rows in one forward pass.
    pub batch_size: NonZeroUsize,
    /// Forward passes in one update.
    pub gradient_accumulation: NonZeroUsize,
    /// Peak learning rate; if not given, 2e-4 where only adapters train and 2e-5 where the model itself does, and ten and 25 times that
    /// for the small model that comes with the program.
    #[schemars(extend("exclusiveMinimum" = 0), example = 2e-4)]
    pub learning_rate: Option<f64>,
    /// Course of the learning rate after its rise.
    pub schedule: Schedule,
    /// Its rise at the start: `{ steps = 100 }`, or a part of the run as `{ ratio = 0.03 }`.
    pub warmup: Warmup,
    /// Decoupled weight decay of matrices.
    #[schemars(extend("minimum" = 0))]
    pub weight_decay: f64,
    /// Decay of AdamW's first moment.
    #[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))]
    pub beta1: f64,
    /// Decay of AdamW's second moment.
    #[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))]
    pub beta2: f64,
    /// AdamW's term in the denominator.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub eps: f64,
    /// The gradient's global norm is cut to this; 0 leaves it.
    #[schemars(extend("minimum" = 0))]
    pub max_grad_norm: f64,
    /// Evaluate every so many updates, besides the start and the end; only there if not given.
    #[schemars(extend("minimum" = 1), example = 100)]
    pub eval_every: Option<u64>,
    /// Write a checkpoint every so many updates; none but that of a run that is stopped if not given.
    #[schemars(extend("minimum" = 1), example = 500)]
    pub checkpoint_every: Option<u64>,
    /// Keep so many of the newest checkpoints; all if not given.
    #[schemars(example = 3)]
    pub keep_last: Option<NonZeroUsize>,
    /// Keep so many of the checkpoints with the lowest evaluation loss besides, and write one whenever it is the lowest so far; none
    /// for that reason if not given. Needs `eval_every`.
    #[schemars(example = 1)]
    pub keep_best: Option<NonZeroUsize>,
    /// End the run when so many evaluations in a row were no better than the best before them; never if not given. Needs
    /// `eval_every`.
    #[schemars(example = 3)]
    pub early_stopping: Option<NonZeroU64>,
    /// Which weights the run's result has.
    pub result: ResultChoice,
    /// What of the forward pass is computed again in the backward pass, to save memory.
    pub recompute: Recompute,
    /// Run only where two runs are the same, bit by bit.
    pub deterministic: bool,
}

/// Which weights the result of a run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
