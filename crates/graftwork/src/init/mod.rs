//! A first `run.toml`, chosen by looking at the model, the data and the memory that there is.

mod choices;
mod method;
mod rows;
mod text;

use std::path::PathBuf;

use graftwork_data::{DataSource, SourceStats};
use graftwork_model::TaskKind;
use graftwork_plan::Dtype;
use graftwork_store::{AtomicFile, Overwrite};
use serde::Serialize;

use crate::chain::none_given;
use crate::host::Prepared;
use crate::{Control, DeviceChoice, Error, Event, Host, RunConfig, StrategyConfig};
use method::Choice;
pub use method::MethodFound;
use rows::Found;
pub use rows::Lengths;

/// What to look at, and where to write.
#[derive(Clone, Debug)]
pub struct InitRequest {
    /// The base model; the one that comes with the program if not given.
    pub model: Option<PathBuf>,
    /// The data; the text that comes with the program if there is none.
    pub data: Vec<DataSource>,
    /// The strategies of the run; if there are none, `lora` and `full` are compared.
    pub strategy: Vec<PathBuf>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The file to write.
    pub out: PathBuf,
    /// Whether it may be replaced.
    pub overwrite: bool,
}

/// What was found and chosen.
#[derive(Clone, Debug, Serialize)]
pub struct InitReport {
    /// The file.
    pub out: PathBuf,
    /// The model.
    pub model: ModelFound,
    /// The data.
    pub data: DataFound,
    /// Memory that a run may take in bytes, where the system says.
    pub device_memory: Option<u64>,
    /// The methods that were compared.
    pub candidates: Vec<MethodFound>,
    /// The number of the one that was chosen, from 0.
    pub chosen: usize,
    /// Why that one.
    pub reason: String,
    /// What the file says.
    pub config: RunConfig,
    /// The file's text.
    #[serde(skip)]
    pub text: String,
}

/// What is known of a model before its weights are read.
#[derive(Clone, Debug, Serialize)]
pub struct ModelFound {
    /// Its folder, or its name on the Hub.
    pub path: PathBuf,
    /// Its family.
    pub family: String,
    /// Weights.
    pub parameters: u64,
    /// Type of the largest of them.
    pub dtype: Dtype,
    /// The longest row that it was made for.
    pub positions: u64,
    /// What it will be trained for.
    pub task: TaskKind,
}

/// What the data holds.
#[derive(Clone, Debug, Serialize)]
pub struct DataFound {
    /// Each source, with its format.
    pub sources: Vec<SourceStats>,
    /// Records.
    pub records: usize,
    /// Tokens to train on.
    pub tokens: usize,
    /// Those that the loss counts.
    pub target_tokens: usize,
    /// Tokens of a record; none where the data is one text, which has no ends.
    pub lengths: Option<Lengths>,
    /// Rows of an epoch, as they will be laid.
    pub rows_per_epoch: usize,
    /// Classes.
    pub labels: Vec<String>,
}

impl Host {
    /// Writes a commented `run.toml` that [`Host::run`] takes as it is. Each choice has the number that it rests on beside it, and every
    /// other key is there with its default.
    ///
    /// # Errors
    /// The file is there and may not be replaced, or whatever would keep a run from starting.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Control, DeviceChoice, Host, InitRequest};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let (host, control) = (Host::new()?, Control::new());
    /// let request = InitRequest {
    ///     model: Some("models/SmolLM2-135M".into()),
    ///     data: vec!["notes.jsonl".into()],
    ///     strategy: vec!["lora".into(), "full".into()],
    ///     device: DeviceChoice::Cpu,
    ///     out: "run.toml".into(),
    ///     overwrite: false,
    /// };
    /// let report = host.init(&request, &control, &mut |_| {})?;
    /// println!("{}", report.reason);
    /// host.run(&report.config, &control, &mut |_| {})?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn init(
        &self,
        request: &InitRequest,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<InitReport, Error> {
        let overwrite = if request.overwrite { Overwrite::Replace } else { Overwrite::Never };
        let mut file = AtomicFile::create(&request.out, overwrite, 1 << 15)?;
        let chains = method::chains(&request.strategy);
        let mut config = RunConfig { model: request.model.clone(), device: request.device, ..RunConfig::default() };
        config.data.files.clone_from(&request.data);
        let mut found: Option<Found> = None;
        let (mut first, mut candidates) = (None, Vec::new());
        for chain in &chains {
            config.strategy = chain.iter().map(StrategyConfig::new).collect();
            // What is said of the model is said once.
            let silent: &mut dyn FnMut(Event) = &mut |_| {};
            let prepared = self.prepare(&config, control, if first.is_some() { silent } else { on_event })?;
            let rows = match &found {
                Some(rows) => rows,
                None => &*found.insert(Found::look(&prepared, control, on_event)?),
            };
            candidates.push(MethodFound::measure(chain, &prepared, rows)?);
            first.get_or_insert(prepared);
        }
        let (Some(prepared), Some(found)) = (first, found) else { return Err(none_given()) };
        let Some(choice) = Choice::of(candidates, &found) else {
            return Err(none_given());
        };
        let (model, data) = (model_found(&prepared), data_found(&prepared, &found));
        let chosen = choices::all(self, request, &prepared, &found, &choice)?;
        let text = text::write(&choices::head(&model, &data, &choice, request), &chosen);
        let config = RunConfig::from_toml(&request.out.display().to_string(), &text)?;
        file.write(text.as_bytes())?;
        file.commit()?;
        let Choice { candidates, index, reason, available } = choice;
        let out = request.out.clone();
        Ok(InitReport { out, model, data, device_memory: available, candidates, chosen: index, reason, config, text })
    }
}

fn model_found(prepared: &Prepared) -> ModelFound {
    let (base, manifest) = (&prepared.base, &prepared.base.manifest);
    let largest = manifest.params.iter().max_by_key(|param| param.shape.elements());
    ModelFound {
        path: base.record.clone(),
        family: manifest.architecture.clone(),
        parameters: manifest.total_parameters(),
        dtype: largest.map_or(Dtype::F32, |param| param.dtype),
        positions: rows::longest_row(prepared) as u64,
        task: base.task.kind,
    }
}

fn data_found(prepared: &Prepared, found: &Found) -> DataFound {
    let Found { stats, lengths, rows_per_epoch, .. } = found;
    DataFound {
        sources: stats.sources.clone(),
        records: stats.records,
        tokens: stats.train.tokens,
        target_tokens: stats.train.target_tokens,
        lengths: *lengths,
        rows_per_epoch: *rows_per_epoch,
        labels: prepared.base.task.labels.clone(),
    }
}
