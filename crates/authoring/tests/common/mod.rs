//! The built templates, each loaded once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use graftwork_plugin_host::{Limits, Plugin, PluginHost};

pub fn host() -> &'static PluginHost {
    static HOST: OnceLock<PluginHost> = OnceLock::new();
    HOST.get_or_init(|| PluginHost::new(Limits::default()).unwrap())
}

pub fn fixture_path(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{language}.wasm"))
}

pub fn fixture(language: &str) -> Arc<Plugin> {
    host().load(&fixture_path(language)).unwrap()
}
