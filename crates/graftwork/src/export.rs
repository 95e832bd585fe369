//! Models and adapters in the forms of other programs.

use std::path::{Path, PathBuf};

use graftwork_gguf::{ModelOptions, Precision, Vocabulary, write_adapter, write_model_told};
use graftwork_model::TaskKind;
use graftwork_store::{AtomicDir, Overwrite, PeftAdapter, StoreError};
use serde::Serialize;

use crate::adapter::Trained;
use crate::base::Base;
use crate::eval::open_base;
use crate::event::Unit;
use crate::form::Form;
use crate::pace::Pace;
use crate::{Control, Error, Event, Host, MergeRequest, adapter, folded, peft};

/// What to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// An adapter folder for PEFT.
    Peft {
        /// With one rank and alpha for all layers and no setting besides, for programs that ignore patterns and rsLoRA.
        folded: bool,
    },
    /// A model as one GGUF file for llama.cpp, merged with the adapter if there is one.
    Gguf {
        /// How matrices are stored.
        precision: Precision,
        /// What becomes of the tokenizer.
        vocabulary: Vocabulary,
    },
    /// A LoRA adapter as a GGUF file.
    GgufLora,
}

/// What to export.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// Base model; the one that the adapter was trained on if not given.
    pub model: Option<PathBuf>,
    /// Adapter, run or checkpoint.
    pub adapter: Option<PathBuf>,
    /// File or folder of the result.
    pub out: PathBuf,
    /// Whether what is at `out` may be replaced.
    pub overwrite: bool,
    /// Its form.
    pub format: ExportFormat,
}

/// What was exported.
#[derive(Clone, Debug, Serialize)]
pub struct ExportReport {
    /// The base model.
    pub model: PathBuf,
    /// The adapter.
    pub adapter: Option<PathBuf>,
    /// The result.
    pub out: PathBuf,
}

impl Host {
    /// Writes a model or an adapter in another program's form. What that computes differently from us for some texts comes as a
    /// warning.
    ///
    /// # Errors
    /// The form cannot say what the model or the adapter is, or would compute something else for every text; the disk refuses.
    /// Then there is no result.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{ExportFormat, ExportRequest, Host, Precision, Vocabulary};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let request = ExportRequest {
    ///     model: None,
    ///     adapter: Some("runs/lora-1".into()),
    ///     out: "lora-1.gguf".into(),
    ///     overwrite: false,
    ///     format: ExportFormat::Gguf { precision: Precision::Q8_0, vocabulary: Vocabulary::Written },
    /// };
    /// Host::new()?.export(&request, &mut |_| {})?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn export(&self, request: &ExportRequest, on_event: &mut dyn FnMut(Event)) -> Result<ExportReport, Error> {
        let overwrite = if request.overwrite { Overwrite::Replace } else { Overwrite::Never };
        let given = || {
            let none = || Error::setting("adapter", "none is given; this form is an adapter's");
            request.adapter.as_deref().ok_or_else(none)
        };
        let open = |on_event: &mut dyn FnMut(Event)| {
            open_base(request.model.as_deref(), request.adapter.as_deref(), &Control::new(), on_event)
        };
        let model = match &request.format {
            ExportFormat::Peft { folded } => {
                let base = open(on_event)?;
                if let (Some(export), false) = (of_form(given()?, &base)?, *folded) {
                    let dir = AtomicDir::create(&request.out, overwrite, PeftAdapter::MARKER)?;
                    export(&dir)?;
                    adapter::copy_card(given()?, &dir)?;
                    dir.commit()?;
                    on_event(Event::Saved { what: "export", path: request.out.clone() });
                    let adapter = request.adapter.clone();
                    return Ok(ExportReport { model: base.record.clone(), adapter, out: request.out.clone() });
                }
                let peft = peft_adapter(given()?, &base, *folded)?;
                let dir = begin(&peft, &request.out, overwrite)?;
                // It also knows the names of the classes; of a folded adapter its plan would be another.
                if !folded {
                    adapter::copy_card(given()?, &dir)?;
                }
                dir.commit()?;
                base.record
            }
            ExportFormat::GgufLora => {
                let base = open(on_event)?;
                has_gguf(&base)?;
                let peft = peft_adapter(given()?, &base, false)?;
                let between = beside(&request.out)?;
                let folder = between.path().join("adapter");
                begin(&peft, &folder, Overwrite::Never)?.commit()?;
                warn(write_adapter(&folder, &base.path, &request.out, overwrite)?.warnings, on_event);
                base.record
            }
            ExportFormat::Gguf { precision, vocabulary } => {
                let options =
                    ModelOptions { vocabulary: vocabulary.clone(), overwrite, ..ModelOptions::new(*precision) };
                self.gguf(request, options, on_event)?
            }
        };
        on_event(Event::Saved { what: "export", path: request.out.clone() });
        Ok(ExportReport { model, adapter: request.adapter.clone(), out: request.out.clone() })
    }

    /// Through a merged folder, where there is an adapter.
    fn gguf(
        &self,
        request: &ExportRequest,
        options: ModelOptions,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<PathBuf, Error> {
        let Some(adapter) = &request.adapter else {
            let base = open_base(request.model.as_deref(), None, &Control::new(), on_event)?;
            warn(write_gguf(&base.path, &request.out, &options, on_event)?, on_event);
            return Ok(base.record);
        };
        has_gguf(&open_base(request.model.as_deref(), Some(adapter), &Control::new(), on_event)?)?;
        let between = beside(&request.out)?;
        let merged = between.path().join("merged");
        let merge = MergeRequest { model: request.model.clone(), ..MergeRequest::new(adapter, &merged) };
        let report = self.merge(&merge, on_event)?;
        let name = request.out.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        warn(write_gguf(&merged, &request.out, &ModelOptions { name, ..options }, on_event)?, on_event);
        Ok(report.model)
    }
}

/// Writes the file; gives what llama.cpp computes differently.
fn write_gguf(
    model: &Path,
    out: &Path,
    options: &ModelOptions,
    on_event: &mut dyn FnMut(Event),
) -> Result<Vec<String>, Error> {
    let mut pace = Pace::new("writing GGUF", Unit::Tensors, None, on_event);
    let report = write_model_told(model, out, options, &mut |done, total| pace.of(done, total))?;
    Ok(report.warnings)
}

/// Fails for what llama.cpp has not got, before anything is made on the way.
fn has_gguf(base: &Base) -> Result<(), Error> {
    match base.task.kind {
        TaskKind::SequenceClassification => {
            let message = "llama.cpp has no classifiers of this kind; use `--format peft`, or `host merge`";
            Err(Error::setting("format", message))
        }
        TaskKind::CausalLm | TaskKind::MaskedLm => Ok(()),
    }
}

/// The adapter as PEFT has it.
fn peft_adapter(path: &Path, base: &Base, folded: bool) -> Result<PeftAdapter, Error> {
    let trained = Trained::read(path, base)?;
    trained.must_lie_on_the_model(path)?;
    let peft = peft::export(&trained.plan, base, &trained.slots).ok_or_else(|| {
        Error::weights(path, "it is no LoRA adapter as PEFT has them; `host merge` gives a model that needs no adapter")
    })?;
    if folded { folded::fold(peft) } else { Ok(peft) }
}

/// Writes an adapter in the form that its strategy gives it in PEFT, where it has one.
type Export<'a> = Box<dyn Fn(&AtomicDir) -> Result<(), Error> + 'a>;

fn of_form<'a>(path: &Path, base: &'a Base) -> Result<Option<Export<'a>>, Error> {
    let trained = Trained::read(path, base)?;
    trained.must_lie_on_the_model(path)?;
    let form = Form::of(&trained.plan, &base.manifest);
    Ok(form
        .map(|form| -> Export<'a> { Box::new(move |dir| form.write_into(dir, base, &trained.plan, &trained.slots)) }))
}

/// The adapter's folder, before it is in its place.
fn begin(peft: &PeftAdapter, path: &Path, overwrite: Overwrite) -> Result<AtomicDir, Error> {
    let dir = AtomicDir::create(path, overwrite, PeftAdapter::MARKER)?;
    peft.write_into(&dir)?;
    Ok(dir)
}

/// A folder for what is made on the way, on the disk that the result goes to.
fn beside(out: &Path) -> Result<tempfile::TempDir, Error> {
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(StoreError::NoFolder { path: parent.to_owned() }.into());
    }
    tempfile::tempdir_in(parent).map_err(|e| Error::weights(parent, format!("no folder can be made in it: {e}")))
}

fn warn(warnings: Vec<String>, on_event: &mut dyn FnMut(Event)) {
    for message in warnings {
        on_event(Event::Warning { message });
    }
}
