//! A model in memory, with adapters over it that are switched without loading it again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_plan::{Plan, Summary};

use crate::adapter::Trained;
use crate::base::Base;
use crate::eval::open_base;
use crate::sources::{must_share_a_base, names};
use crate::{Control, DeviceChoice, Error, Event, Host};

/// An adapter by the name that it is used under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAdapter {
    /// Its name; the last part of its path that says something if not given.
    pub name: Option<String>,
    /// Adapter, run or checkpoint.
    pub path: PathBuf,
}

/// What to load.
///
/// # Examples
/// ```
/// use graftwork::{DeviceChoice, LoadRequest, NamedAdapter};
///
/// let adapters = ["runs/lora-1", "runs/lora-2"].map(|path| NamedAdapter { name: None, path: path.into() });
/// let request = LoadRequest { model: None, adapters: adapters.into(), device: DeviceChoice::Cpu };
/// ```
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// Base model; the one that the first adapter was trained on if not given, else the one that comes with Graftwork.
    pub model: Option<PathBuf>,
    /// Adapters of it.
    pub adapters: Vec<NamedAdapter>,
    /// Where to compute.
    pub device: DeviceChoice,
}

/// A base model and adapters that share its weights: what an adapter takes is its own tensors.
///
/// # Examples
/// ```no_run
/// use graftwork::{Control, DeviceChoice, Host, LoadRequest};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let request = LoadRequest { model: None, adapters: Vec::new(), device: DeviceChoice::Cpu };
/// let mut model = Host::new()?.load(&request, &Control::new(), &mut |_| {})?;
/// model.add("novels", "runs/lora-1".as_ref())?;
/// for name in model.adapters() {
///     println!("{name}: {} weights", model.summary(Some(name))?.adapter_parameters);
/// }
/// # Ok(())
/// # }
/// ```
pub struct LoadedModel {
    pub(crate) base: Base,
    pub(crate) device: Device,
    weights: Vec<Tensor<2>>,
    /// The base alone.
    plain: Arc<Adapted>,
    adapters: Vec<(String, Arc<Adapted>)>,
}

impl Host {
    /// Loads a model with adapters.
    ///
    /// # Errors
    /// The model or an adapter cannot be used, or two adapters have one name.
    pub fn load(
        &self,
        request: &LoadRequest,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<LoadedModel, Error> {
        on_event(Event::Working { what: "loading the model" });
        let first = request.adapters.first().map(|adapter| adapter.path.as_path());
        let base = open_base(request.model.as_deref(), first, control, on_event)?;
        let device = request.device.open()?;
        let paths: Vec<PathBuf> = request.adapters.iter().map(|adapter| adapter.path.clone()).collect();
        // One alone may be tried on another model on purpose.
        if paths.len() > 1 {
            match must_share_a_base(&paths, &base, on_event) {
                Err(error) if request.model.is_some() => on_event(Event::Warning { message: error.to_string() }),
                result => result?,
            }
        }
        base.has_memory_for(&Plan::nothing(), &device)?;
        let weights = base.weights(&device, on_event)?;
        let nothing = Arc::new(Plan::nothing());
        let plain = Arc::new(Adapted::new(Arc::clone(&base.manifest), nothing, weights.clone(), 0)?);
        let mut model = LoadedModel { base, device, weights, plain, adapters: Vec::new() };
        for (adapter, name) in request.adapters.iter().zip(names(&paths)) {
            model.add(adapter.name.as_deref().unwrap_or(&name), &adapter.path)?;
        }
        Ok(model)
    }
}

impl LoadedModel {
    /// Where the base model is: its folder, or its name on the Hub.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.base.record
    }

    /// The longest text that the model was made for, in tokens.
    #[must_use]
    pub fn context(&self) -> usize {
        usize::try_from(self.base.architecture.dimensions().max_positions).unwrap_or(usize::MAX)
    }

    /// Whether it can be given conversations.
    ///
    /// # Errors
    /// The tokenizer cannot be used.
    pub fn has_chat_template(&self) -> Result<bool, Error> {
        Ok(self.base.tokenizer()?.has_chat_template())
    }

    /// What an adapter adds to the model, in numbers; or the base alone.
    ///
    /// # Errors
    /// There is no adapter of that name.
    pub fn summary(&self, adapter: Option<&str>) -> Result<Summary, Error> {
        Ok(self.with(adapter)?.plan().summary(&self.base.manifest))
    }

    /// Names of the adapters, in the order in which they came.
    pub fn adapters(&self) -> impl Iterator<Item = &str> {
        self.adapters.iter().map(|(name, _)| name.as_str())
    }

    /// Loads another adapter under that name.
    ///
    /// # Errors
    /// The adapter is not for this model, or the name is taken.
    pub fn add(&mut self, name: &str, path: &Path) -> Result<(), Error> {
        if self.adapters().any(|known| known == name) {
            return Err(Error::setting("adapter", format!("two are called `{name}`; give one another name, NAME=DIR")));
        }
        let trained = Trained::read(path, &self.base)?;
        self.base.has_memory_for(&trained.plan, &self.device)?;
        let adapted = trained.apply_to(&self.base, self.weights.clone(), &self.device, path)?;
        self.adapters.push((name.to_owned(), Arc::new(adapted)));
        Ok(())
    }

    /// Loads another adapter under its name, or else one that its path gives; gives that name. An adapter that says that it was
    /// trained on another model is a warning.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn load(&mut self, adapter: &NamedAdapter, on_event: &mut dyn FnMut(Event)) -> Result<String, Error> {
        let path = std::slice::from_ref(&adapter.path);
        let name = adapter.name.clone().or_else(|| names(path).pop()).unwrap_or_default();
        self.add(&name, &adapter.path)?;
        if let Err(error) = must_share_a_base(path, &self.base, on_event) {
            on_event(Event::Warning { message: error.to_string() });
        }
        Ok(name)
    }

    /// Drops an adapter; false where there is none of that name.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.adapters.len();
        self.adapters.retain(|(known, _)| known != name);
        self.adapters.len() < before
    }

    /// The model with that adapter, or the base alone.
    pub(crate) fn with(&self, adapter: Option<&str>) -> Result<&Arc<Adapted>, Error> {
        let Some(name) = adapter else { return Ok(&self.plain) };
        let found = self.adapters.iter().find(|(known, _)| known == name);
        found.map(|(_, adapted)| adapted).ok_or_else(|| {
            let known: Vec<_> = self.adapters().collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Error::setting("use", format!("no adapter is called `{name}` (there are: {known})"))
        })
    }
}
