//! Adapters that PEFT has written, of methods whose plan no folder says: a strategy with the same settings says it.

use std::path::PathBuf;

use graftwork_store::{Overwrite, PeftAdapter};
use serde::Serialize;
use serde_json::Value;

use crate::adapter::{self, BaseRecord};
use crate::form::Form;
use crate::save::Provenance;
use crate::{Control, Error, Event, Host, RunConfig, StrategyConfig};

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Base model.
    pub model: Option<PathBuf>,
    /// PEFT's folder.
    pub peft: PathBuf,
    /// The strategy, with the settings that it was trained with.
    pub strategy: Vec<StrategyConfig>,
    /// Folder of the result.
    pub out: PathBuf,
    /// Whether what is at `out` may be replaced.
    pub overwrite: bool,
}

/// What was imported.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// The base model.
    pub model: PathBuf,
    /// The result.
    pub out: PathBuf,
    /// Weights that it trains.
    pub trainable_parameters: u64,
}

impl Host {
    /// Reads an adapter folder of PEFT as what a strategy plans: tensor by tensor, of the same names and shapes. What comes of it is an
    /// adapter that can be trained further, merged and composed.
    ///
    /// # Errors
    /// The strategy has no form in PEFT, or plans other tensors than the folder has.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Host, ImportRequest, StrategyConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let mut loha = StrategyConfig::new("loha");
    /// loha.config.insert("rank".to_owned(), 8.into());
    /// let request = ImportRequest {
    ///     model: Some("models/SmolLM2-135M".into()),
    ///     peft: "loha-of-peft".into(),
    ///     strategy: vec![loha],
    ///     out: "loha".into(),
    ///     overwrite: false,
    /// };
    /// println!("{} weights", Host::new()?.import(&request, &mut |_| {})?.trainable_parameters);
    /// # Ok(())
    /// # }
    /// ```
    pub fn import(&self, request: &ImportRequest, on_event: &mut dyn FnMut(Event)) -> Result<ImportReport, Error> {
        let ImportRequest { model, peft, strategy, out, overwrite } = request.clone();
        if !peft.join(PeftAdapter::MARKER).exists() {
            return Err(Error::weights(
                &peft,
                format!(
                    "it is no adapter of PEFT: it has no {}; name the folder that PEFT has saved",
                    PeftAdapter::MARKER
                ),
            ));
        }
        let config = RunConfig { model, strategy, ..RunConfig::default() };
        let prepared = self.prepare(&config, &Control::new(), on_event)?;
        let (base, plan) = (&prepared.base, &prepared.plan);
        let form = Form::of(plan, &base.manifest).ok_or_else(|| {
            let message = format!("{} has no form in PEFT but LoRA's, which needs no import", prepared.chain.name());
            Error::setting("strategy", message)
        })?;
        form.must_agree(&peft)?;
        let slots = form.read(&peft, plan, base)?;
        let from = Provenance {
            base: BaseRecord { path: base.record.clone(), blake3: base.hash(on_event) },
            task: base.task.clone(),
            strategies: prepared.chain.records(),
            // No run made it.
            data: String::new(),
            configuration: Value::Null,
        };
        let replace = if overwrite { Overwrite::Replace } else { Overwrite::Never };
        adapter::write(&out, replace, base, plan, &slots, &from.card(plan))?;
        on_event(Event::Saved { what: "adapter", path: out.clone() });
        let trainable_parameters = plan.summary(&base.manifest).trainable_parameters;
        Ok(ImportReport { model: base.record.clone(), out, trainable_parameters })
    }
}
