//! The runtime that plugins share.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, Engine, OptLevel};

use crate::cache::Cache;
use crate::contract::AnyPlugin;
use crate::error::PluginError;
use crate::limits::Limits;
use crate::load;
use crate::plugin::Plugin;
use crate::state::State;

/// Loads plugins, all under the same limits.
pub struct PluginHost {
    shared: Arc<Shared>,
    /// Plugins by the hash of their bytes: compiling one takes longer than any of its calls.
    loaded: Mutex<HashMap<String, Arc<Plugin>>>,
}

/// What every plugin of a host uses.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    pub(crate) limits: Limits,
    cache: Option<Cache>,
    /// One call at a time: the deadline counts ticks of the engine, which all calls share.
    pub(crate) calling: Mutex<()>,
}

impl Shared {
    /// Compiles a component, unless that was done before.
    pub(crate) fn compile(&self, binary: &[u8]) -> wasmtime::Result<Component> {
        match &self.cache {
            Some(cache) => cache.component(&self.engine, binary),
            None => Component::new(&self.engine, binary),
        }
    }
}

impl PluginHost {
    /// A host with these limits.
    ///
    /// # Errors
    /// The machine cannot run WebAssembly.
    pub fn new(limits: Limits) -> Result<Self, PluginError> {
        Self::open(limits, None)
    }

    /// The same, and what it compiles is kept in a folder that is made if there is none. Where that cannot be, or others
    /// can enter the folder, it does without.
    ///
    /// # Errors
    /// The machine cannot run WebAssembly.
    pub fn cached(limits: Limits, folder: &Path) -> Result<Self, PluginError> {
        let cache = Cache::open(folder).inspect_err(|error| {
            tracing::debug!("{}: compiled plugins are not kept: {error}", folder.display());
        });
        Self::open(limits, cache.ok())
    }

    fn open(limits: Limits, cache: Option<Cache>) -> Result<Self, PluginError> {
        let fail = |e: wasmtime::Error| PluginError::Runtime(format!("{e:#}"));
        let mut config = Config::new();
        config.wasm_component_model(true);
        config.consume_fuel(true);
        config.epoch_interruption(true);
        config.max_wasm_stack(limits.stack_bytes);
        // The same plugin gives the same plan on every machine, to the last bit of a NaN.
        config.cranelift_nan_canonicalization(true);
        config.wasm_relaxed_simd(false);
        config.cranelift_opt_level(OptLevel::Speed);
        // A plugin's memory is small: no gigabytes of addresses reserved for it.
        config.memory_reservation(limits.memory_bytes);
        let engine = Engine::new(&config).map_err(fail)?;
        let mut linker = Linker::new(&engine);
        AnyPlugin::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state).map_err(fail)?;
        let shared = Arc::new(Shared { engine, linker, limits, cache, calling: Mutex::new(()) });
        Ok(Self { shared, loaded: Mutex::default() })
    }

    /// The limits that plugins run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Loads a plugin from a file: a component, a core module, or either as text.
    ///
    /// # Errors
    /// The file cannot be read, is no plugin for this contract, breaks a limit, or fails to describe itself.
    pub fn load(&self, path: &Path) -> Result<Arc<Plugin>, PluginError> {
        let read = |source| PluginError::Read { path: path.to_owned(), source };
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        // No more is read than may be there: what a path names need not have an end.
        let most = self.shared.limits.file_bytes.saturating_add(1);
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(read)?;
        self.load_bytes(&name, &bytes)
    }

    /// Loads a plugin from its bytes; `name` is for messages.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_bytes(&self, name: &str, bytes: &[u8]) -> Result<Arc<Plugin>, PluginError> {
        load::check_size(name, bytes.len() as u64, &self.shared.limits)?;
        let digest = blake3::hash(bytes).to_hex().to_string();
        // Only whole plugins are ever put in.
        let known = |host: &Self| host.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(plugin) = known(self) {
            return Ok(plugin);
        }
        let loaded = load::load(&self.shared, name, bytes)?;
        let plugin = Arc::new(Plugin::open(Arc::clone(&self.shared), name, loaded, digest.clone())?);
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, Arc::clone(&plugin));
        Ok(plugin)
    }
}
