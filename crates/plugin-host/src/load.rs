//! From a file's bytes to a compiled component that imports nothing but the contract.

use std::borrow::Cow;

use wasmparser::{Parser, Payload};
use wasmtime::Engine;
use wasmtime::component::Component;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::contract::IMPORTS;
use crate::error::PluginError;
use crate::limits::Limits;
use crate::text::shown;

/// Version of the contract that this host speaks. Versions that differ in the last number only are the same to it.
pub const CONTRACT_VERSION: &str = "0.1.0";
/// The contract itself.
pub const WIT: &str = include_str!("../../../wit/strategy.wit");

const PACKAGE: &str = "graftwork:strategy/";

/// A component that was checked: what it exports of the contract, and which interfaces it imports.
pub(crate) struct Loaded {
    pub(crate) component: Component,
    pub(crate) contract: String,
    pub(crate) exports: Vec<String>,
    pub(crate) imports: Vec<String>,
}

pub(crate) fn check_size(plugin: &str, bytes: u64, limits: &Limits) -> Result<(), PluginError> {
    if bytes <= limits.file_bytes {
        return Ok(());
    }
    let reason =
        format!("it has {bytes} bytes, more than the {} that are allowed (limit `file_bytes`)", limits.file_bytes);
    Err(PluginError::Refused { plugin: plugin.to_owned(), reason })
}

/// Compiles a plugin, after turning text into binary and a core module into a component.
pub(crate) fn component(engine: &Engine, plugin: &str, bytes: &[u8]) -> Result<Loaded, PluginError> {
    let refuse = |reason: String| PluginError::Refused { plugin: plugin.to_owned(), reason };
    let binary = wat::parse_bytes(bytes).map_err(|e| refuse(format!("it is no WebAssembly: {e}")))?;
    let binary = match binary.get(..8) {
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Cow::Owned(componentise(plugin, &binary)?),
        Some([0, b'a', b's', b'm', 0x0d, 0, 1, 0]) => binary,
        _ => return Err(refuse("it is no WebAssembly: the file does not begin with its signature".to_owned())),
    };
    let component = Component::new(engine, &binary)
        .map_err(|e| refuse(format!("it is not valid: {}", shown(&format!("{e:#}")))))?;
    let kind = component.component_type();
    let imports: Vec<String> = kind.imports(engine).map(|(name, _)| name.to_owned()).collect();
    let exports: Vec<String> = kind.exports(engine).map(|(name, _)| name.to_owned()).collect();
    let contract = contract(plugin, &exports)?;
    check_imports(plugin, &imports)?;
    Ok(Loaded { component, contract, exports, imports })
}

/// A core module as a component. A module that carries no description of its interfaces gets the host's own, for the
/// world that its exports belong to.
fn componentise(plugin: &str, module: &[u8]) -> Result<Vec<u8>, PluginError> {
    let refuse = |what: &str, e: String| PluginError::Refused {
        plugin: plugin.to_owned(),
        reason: format!("{what}: {}", shown(&e)),
    };
    let (described, exports) = survey(module).map_err(|e| refuse("it is not valid", e))?;
    let mut module = Cow::Borrowed(module);
    if !described {
        // `graftwork:strategy/plugin@0.1.0#describe`: a description for another version would only confuse what follows.
        let interfaces: Vec<String> =
            exports.iter().filter_map(|e| e.split_once('#')).map(|(i, _)| i.to_owned()).collect();
        contract(plugin, &interfaces)?;
        let has = |interface: &str| exports.iter().any(|e| e.starts_with(&format!("{PACKAGE}{interface}@")));
        let world = match (has("strategy"), has("selector"), has("composer")) {
            (true, _, _) => "strategy-plugin",
            (_, true, _) => "selector-plugin",
            (_, _, true) => "composer-plugin",
            _ => {
                return Err(refuse(
                    "it is no Graftwork plugin",
                    format!("it exports no `{PACKAGE}strategy@{CONTRACT_VERSION}`"),
                ));
            }
        };
        module =
            Cow::Owned(embed(module.into_owned(), world).map_err(|e| refuse("its interfaces cannot be described", e))?);
    }
    let encode = || ComponentEncoder::default().validate(true).module(&module)?.encode();
    encode().map_err(|e| {
        let cause = format!("{e:#}");
        let hint = if cause.contains("wasi_snapshot_preview1") { WASI_HINT } else { "" };
        refuse("it cannot be made a component", format!("{cause}{hint}"))
    })
}

const WASI_HINT: &str = "; a plugin has no system to call: build it for `wasm32-unknown-unknown`, or stub WASI out";

fn embed(mut module: Vec<u8>, world: &str) -> Result<Vec<u8>, String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("strategy.wit", WIT).map_err(|e| text(&e))?;
    let world = resolve.select_world(&[package], Some(world)).map_err(|e| text(&e))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(|e| text(&e))?;
    Ok(module)
}

/// Whether a module carries a description of its interfaces, and the names of its exports.
fn survey(module: &[u8]) -> Result<(bool, Vec<String>), String> {
    let (mut described, mut exports) = (false, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|e| e.to_string())? {
            Payload::CustomSection(section) => described |= section.name().starts_with("component-type"),
            Payload::ExportSection(section) => {
                for export in section {
                    exports.push(export.map_err(|e| e.to_string())?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((described, exports))
}

/// The version of the contract, from what the plugin exports: exports are never pruned, as unused imports are.
fn contract(plugin: &str, exports: &[String]) -> Result<String, PluginError> {
    let version = |interface: &str| {
        exports
            .iter()
            .find_map(|e| e.strip_prefix(PACKAGE)?.strip_prefix(interface)?.strip_prefix('@').map(str::to_owned))
    };
    let Some(found) = ["plugin", "strategy", "selector", "composer", "controller"].iter().find_map(|i| version(i))
    else {
        let reason = format!("it is no Graftwork plugin: it exports no interface of `{PACKAGE}`");
        return Err(PluginError::Refused { plugin: plugin.to_owned(), reason });
    };
    let numbers = |v: &str| -> Option<[u64; 2]> {
        let mut parts = v.split('.').map(str::parse);
        Some([parts.next()?.ok()?, parts.next()?.ok()?])
    };
    let (theirs, ours) = (numbers(&found), numbers(CONTRACT_VERSION));
    if theirs != ours {
        let remedy = if theirs > ours { "upgrade Graftwork" } else { "build the plugin with this version's SDK" };
        return Err(PluginError::Contract {
            plugin: plugin.to_owned(),
            found: shown(&found),
            ours: CONTRACT_VERSION,
            remedy,
        });
    }
    if version("plugin").is_none() {
        let reason =
            format!("it exports no `{PACKAGE}plugin@{CONTRACT_VERSION}`, by which every plugin says what it is");
        return Err(PluginError::Refused { plugin: plugin.to_owned(), reason });
    }
    Ok(found)
}

fn check_imports(plugin: &str, imports: &[String]) -> Result<(), PluginError> {
    let known = |name: &str| {
        name.strip_prefix(PACKAGE)
            .and_then(|rest| rest.split_once('@'))
            .is_some_and(|(interface, _)| IMPORTS.contains(&interface))
    };
    let unknown: Vec<_> = imports.iter().filter(|i| !known(i)).map(|i| format!("`{}`", shown(i))).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let hint = if unknown.iter().any(|i| i.starts_with("`wasi:")) { WASI_HINT } else { "" };
    let reason = format!("it imports what no plugin is given: {}{hint}", unknown.join(", "));
    Err(PluginError::Refused { plugin: plugin.to_owned(), reason })
}
