//! From a file's bytes to a compiled component that imports nothing but the contract.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use wasmparser::{ComponentInstance, Parser, Payload};

use crate::componentise::{WASI_HINT, componentise};
use crate::error::PluginError;
use crate::host::Shared;
use crate::interface::{Exports, is_importable};
use crate::limits::Limits;
use crate::text::shown;
use crate::usage::Linked;

/// A component that was checked and linked: what it exports of the contract, and which interfaces it imports.
pub(crate) struct Loaded {
    pub(crate) linked: Linked,
    pub(crate) exports: Exports,
    pub(crate) imports: Vec<String>,
}

fn refuse(plugin: &str, reason: String) -> PluginError {
    PluginError::Refused { plugin: plugin.to_owned(), reason }
}

/// Checks the size of a plugin's file.
pub(crate) fn check_size(plugin: &str, bytes: u64, limits: &Limits) -> Result<(), PluginError> {
    let most = limits.file_bytes;
    if bytes > most {
        return Err(refuse(plugin, format!("it has more than {most} bytes (limit `file_bytes`)")));
    }
    Ok(())
}

/// Loads on a thread of its own, under a deadline: compilers are large, and this is the one input that they get from
/// people whom nobody knows. Past the deadline the thread cannot be stopped and works on until it is done.
pub(crate) fn load(shared: &Arc<Shared>, plugin: &str, bytes: &[u8]) -> Result<Loaded, PluginError> {
    let (done, result) = channel();
    let work = {
        let (shared, plugin, bytes) = (Arc::clone(shared), plugin.to_owned(), bytes.to_vec());
        // Nobody listens any more where the deadline has passed.
        move || drop(done.send(component(&shared, &plugin, &bytes)))
    };
    let limit = shared.limits.load_time;
    thread::Builder::new()
        .name("load plugin".to_owned())
        .spawn(work)
        .map_err(|e| PluginError::Runtime(format!("no thread for the compiler: {e}")))?;
    result.recv_timeout(limit).unwrap_or_else(|ended| {
        Err(refuse(
            plugin,
            match ended {
                RecvTimeoutError::Timeout => {
                    format!("compiling it takes longer than {} s (limit `load_time`)", limit.as_secs_f64())
                }
                RecvTimeoutError::Disconnected => "the compiler failed on it; the file is damaged".to_owned(),
            },
        ))
    })
}

/// Compiles and links a plugin, after turning text into binary and a core module into a component.
fn component(shared: &Shared, plugin: &str, bytes: &[u8]) -> Result<Loaded, PluginError> {
    let refuse = |reason: String| refuse(plugin, reason);
    let invalid = |e: &dyn std::fmt::Display| refuse(format!("it is not valid: {}", shown(&format!("{e:#}"))));
    if !bytes.starts_with(b"\0asm") && !bytes.trim_ascii_start().starts_with(b"(") && !bytes.starts_with(b";;") {
        let reason = "it is no WebAssembly, nor its text form; `host plugin build FOLDER` makes a plugin";
        return Err(refuse(reason.to_owned()));
    }
    let binary =
        wat::parse_bytes(bytes).map_err(|e| refuse(format!("it is no WebAssembly: {}", shown(&e.to_string()))))?;
    let binary = match binary.get(..8) {
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Cow::Owned(componentise(plugin, &binary)?),
        Some([0, b'a', b's', b'm', 0x0d, 0, 1, 0]) => binary,
        _ => return Err(refuse("it is no WebAssembly: the file does not begin with its signature".to_owned())),
    };
    let (instances, most) = (component_instances(&binary).map_err(|e| invalid(&e))?, shared.limits.component_instances);
    if instances > most {
        return Err(refuse(format!("it instantiates more than {most} components (limit `component_instances`)")));
    }
    let component = shared.compile(&binary).map_err(|e| invalid(&e))?;
    let kind = component.component_type();
    let imports: Vec<String> = kind.imports(&shared.engine).map(|(name, _)| name.to_owned()).collect();
    let exports = Exports::read(plugin, kind.exports(&shared.engine).map(|(name, _)| name))?;
    check_imports(plugin, &imports)?;
    let linked = shared
        .linker
        .instantiate_pre(&component)
        .map_err(|e| refuse(format!("it imports what the contract does not have: {}", shown(&format!("{e:#}")))))?;
    Ok(Loaded { linked: Linked::new(linked), exports, imports })
}

/// How many components a component instantiates, at any depth.
fn component_instances(component: &[u8]) -> wasmparser::Result<usize> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ComponentInstanceSection(section) = payload? {
            for instance in section {
                count += usize::from(matches!(instance?, ComponentInstance::Instantiate { .. }));
            }
        }
    }
    Ok(count)
}

fn check_imports(plugin: &str, imports: &[String]) -> Result<(), PluginError> {
    let unknown: Vec<_> = imports.iter().filter(|i| !is_importable(i)).map(|i| format!("`{}`", shown(i))).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let hint = if unknown.iter().any(|i| i.starts_with("`wasi:")) { WASI_HINT } else { "" };
    Err(refuse(plugin, format!("it imports what no plugin is given: {}{hint}", unknown.join(", "))))
}
