//! Loss of a model, with or without an adapter, on data.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use graftwork_adapt::{Adapted, Mode};
use graftwork_data::Dataset;
use graftwork_plan::Plan;
use graftwork_store::{ModelDir, StoreError};
use graftwork_train::{Evaluation, evaluate};
use serde::Serialize;

use crate::adapter::{Trained, recorded_base};
use crate::base::Base;
use crate::event::Unit;
use crate::pace::Pace;
use crate::task::TaskRecord;
use crate::{Control, DeviceChoice, Error, Event, Host, RunConfig, default_base, hub};

/// What to evaluate.
#[derive(Clone, Debug)]
pub struct EvalRequest {
    /// Base model; the one that the adapter was trained on if not given, else the one that comes with Graftwork.
    pub model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it.
    pub adapter: Option<PathBuf>,
    /// Data and its options; `files` are evaluated whole, and `eval` is not used. Without files, the evaluation part of
    /// the text that comes with Graftwork.
    pub config: RunConfig,
    /// Rows in one forward pass.
    pub batch_size: NonZeroUsize,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct EvalResult {
    /// The base model.
    pub model: PathBuf,
    /// The adapter.
    pub adapter: Option<PathBuf>,
    /// Names of the classes, by class, where there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Loss, perplexity, accuracy, F1.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

/// A model opened for use, with its adapter in place.
pub(crate) struct Opened {
    pub(crate) base: Base,
    pub(crate) adapted: Adapted,
    pub(crate) device: Device,
}

impl Opened {
    pub(crate) fn new(
        model: Option<&Path>,
        adapter: Option<&Path>,
        device: DeviceChoice,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Self, Error> {
        on_event(Event::Working { what: "loading the model" });
        let device = device.open()?;
        let base = open_base(model, adapter, control, on_event)?;
        let trained = adapter.map(|path| Trained::read(path, &base)).transpose()?;
        let there = |id| trained.as_ref().is_some_and(|t| t.plan.trainable().iter().any(|trained| trained.param == id));
        let missing: Vec<_> =
            base.new_parameters().filter(|&id| !there(id)).filter_map(|id| base.manifest.get(id)).collect();
        if let Some(param) = missing.first() {
            let message = format!(
                "neither the model nor an adapter has `{}`, without which there is no {}; train it first",
                param.name, base.task.kind
            );
            return Err(Error::weights(&base.path, message));
        }
        let adapted = match (trained, adapter) {
            (Some(trained), Some(path)) => trained.apply(&base, &device, path, on_event)?,
            _ => base.adapt(&Arc::new(Plan::nothing()), &device, 0, on_event)?,
        };
        Ok(Self { base, adapted, device })
    }
}

/// The model alone, for the task that the adapter is for.
pub(crate) fn open_base(
    model: Option<&Path>,
    adapter: Option<&Path>,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<Base, Error> {
    let found = hub::model(&find_model(model, adapter)?, control, on_event)?;
    let dir = ModelDir::open(&found.folder)?;
    let of_model = TaskRecord::of_model(dir.config(), dir.path())?;
    let task = adapter.and_then(|adapter| TaskRecord::of_adapter(adapter, &of_model)).unwrap_or(of_model);
    Base::new(dir, found.record, task, 0)
}

/// The folder of the model: as given, as the adapter says, or the embedded one. A run of the full strategy is a model.
pub(crate) fn find_model(model: Option<&Path>, adapter: Option<&Path>) -> Result<PathBuf, Error> {
    match (model, adapter) {
        (Some(path), _) if !path.join("config.json").exists() && path.join("model/config.json").exists() => {
            Ok(path.join("model"))
        }
        (Some(path), _) => Ok(path.to_owned()),
        (None, Some(adapter)) if !adapter.exists() => Err(StoreError::NoFolder { path: adapter.to_owned() }.into()),
        (None, Some(adapter)) => recorded_base(adapter).ok_or_else(|| {
            let own = adapter.join("model");
            let message = match own.join("config.json").exists() {
                true => format!("{} trained the model itself; give --model {}", adapter.display(), own.display()),
                false => "the adapter does not say which model it is for; give --model".to_owned(),
            };
            Error::setting("model", message)
        }),
        (None, None) => {
            let mut config = RunConfig::default();
            default_base::fill(&mut config)?;
            config.model.ok_or_else(|| Error::setting("model", "none is given"))
        }
    }
}

impl Host {
    /// Measures the loss.
    ///
    /// # Errors
    /// The model, the adapter or the data cannot be used, or no token counts.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Control, EvalRequest, Host, RunConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let mut config = RunConfig::default();
    /// config.data.files.push("held-out.jsonl".into());
    /// let (adapter, batch_size) = (Some("runs/lora-1".into()), config.train.batch_size);
    /// let request = EvalRequest { model: None, adapter, config, batch_size };
    /// let result = Host::new()?.eval(&request, &Control::new(), &mut |_| {})?;
    /// println!("{:.4} nats", result.evaluation.loss);
    /// # Ok(())
    /// # }
    /// ```
    pub fn eval(
        &self,
        request: &EvalRequest,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<EvalResult, Error> {
        let mut config = request.config.clone();
        let own_data = !config.data.files.is_empty();
        default_base::fill(&mut config)?;
        hub::data(&mut config, control, on_event)?;
        let mut opened =
            Opened::new(request.model.as_deref(), request.adapter.as_deref(), config.device, control, on_event)?;
        if let Some(labels) = &config.data.labels {
            opened.base.task.name_classes(labels)?;
        }
        let mut options = config.data_options(&opened.base)?;
        if own_data {
            options.eval = graftwork_data::EvalSplit::NONE;
        }
        let mut pace = Pace::new("reading the data", Unit::Tokens, None, on_event);
        let dataset = Dataset::load_watched(&config.data.files, opened.base.tokenizer()?, &options, &mut |tokens| {
            pace.at(tokens);
            !control.stopped()
        });
        let dataset = dataset.map_err(|error| if control.stopped() { Error::Stopped } else { error.into() })?;
        let rows = if own_data { dataset.train_rows() } else { dataset.eval_rows() };
        let batches = rows.batches(request.batch_size);
        on_event(Event::Evaluating { batches: batches.len() });
        let session = opened.adapted.session(&Mode::Evaluation);
        let evaluation = evaluate(opened.base.architecture.as_ref(), &session, batches, &opened.device, || {
            on_event(Event::EvaluatedBatch);
            !control.stopped()
        })?;
        let evaluation = evaluation.ok_or_else(|| match control.stopped() {
            true => Error::Stopped,
            false => Error::setting("data", "no token counts: there is nothing to evaluate"),
        })?;
        let Base { record, task, .. } = opened.base;
        Ok(EvalResult { model: record, adapter: request.adapter.clone(), labels: task.labels, evaluation })
    }
}

/// A text to compute logits of.
#[derive(Clone, Debug)]
pub struct LogitsRequest {
    /// Base model; as for [`EvalRequest`].
    pub model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it.
    pub adapter: Option<PathBuf>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The tokens.
    pub tokens: Tokens,
}

/// Tokens, or the text that they are made of.
#[derive(Clone, Debug)]
pub enum Tokens {
    /// Text for the model's tokenizer.
    Text(String),
    /// Ids in the model's vocabulary.
    Ids(Vec<u32>),
}

/// Logits of a text at every position.
#[derive(Clone, Debug)]
pub struct Logits {
    /// The tokens.
    pub ids: Vec<u32>,
    /// `[tokens, vocabulary]`, row by row; of a classifier `[1, classes]`.
    pub values: Vec<f32>,
    /// Columns of a row.
    pub columns: usize,
}

impl Host {
    /// Computes the logits of a text at every position, to compare with another implementation.
    ///
    /// # Errors
    /// The model or the adapter cannot be used, or a token is not in the vocabulary.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{DeviceChoice, Host, LogitsRequest, Tokens};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let tokens = Tokens::Text("Once upon a time".to_owned());
    /// let request = LogitsRequest { model: None, adapter: None, device: DeviceChoice::Cpu, tokens };
    /// let logits = Host::new()?.logits(&request, &mut |_| {})?;
    /// let last = logits.values.chunks(logits.columns).last();
    /// # Ok(())
    /// # }
    /// ```
    pub fn logits(&self, request: &LogitsRequest, on_event: &mut dyn FnMut(Event)) -> Result<Logits, Error> {
        let opened = Opened::new(
            request.model.as_deref(),
            request.adapter.as_deref(),
            request.device,
            &Control::new(),
            on_event,
        )?;
        let ids = match &request.tokens {
            Tokens::Text(text) => opened.base.tokenizer()?.encode(text, true)?,
            Tokens::Ids(ids) => ids.clone(),
        };
        let vocabulary = opened.base.architecture.dimensions().vocabulary as usize;
        if ids.is_empty() || ids.iter().any(|&id| id as usize >= vocabulary) {
            return Err(Error::setting(
                "tokens",
                format!("there must be some, each below the vocabulary's {vocabulary}"),
            ));
        }
        opened.base.fits("tokens", ids.len())?;
        let session = opened.adapted.session(&Mode::Evaluation);
        let logits = graftwork_train::logits(opened.base.architecture.as_ref(), &session, &ids, &opened.device);
        let [_, columns] = logits.dims();
        Ok(Logits { ids, values: crate::tensors::values(logits)?, columns })
    }
}
