//! A core module becomes a component.
//!
//! A module may carry a description of its interfaces, and it is left out: the names of the exports say which interfaces
//! these are, and the host's own contract what they look like. Reading a description that a hostile file made up is
//! more than the library for it stands: some end the process.

use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::error::PluginError;
use crate::interface::{self, Exports};
use crate::text::shown;

/// What to do where a plugin wants a system under it.
pub(crate) const WASI_HINT: &str =
    "; a plugin has no system to call: build it for `wasm32-unknown-unknown`, or stub WASI out";

/// Makes a component of a core module.
///
/// # Errors
/// It is not valid, exports nothing of the contract, or imports or exports what does not fit it.
pub(crate) fn componentise(plugin: &str, module: &[u8]) -> Result<Vec<u8>, PluginError> {
    let refuse = |what: &str, e: String| PluginError::Refused {
        plugin: plugin.to_owned(),
        reason: format!("{what}: {}", shown(&e)),
    };
    let (mut module, names) = undescribed(module).map_err(|e| refuse("it is not valid", e.to_string()))?;
    // `graftwork:strategy/plugin@0.1.0#describe`; an interface with two functions comes twice.
    let mut interfaces: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('#')?.0)).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    let exports = Exports::read(plugin, interfaces.into_iter())?;
    describe(&mut module, &exports).map_err(|e| refuse("its interfaces cannot be described", e))?;
    let encode = || ComponentEncoder::default().validate(true).module(&module)?.encode();
    encode().map_err(|e| {
        let cause = format!("{e:#}");
        let hint = if cause.contains("wasi_snapshot_preview1") { WASI_HINT } else { "" };
        refuse("it cannot be made a component", format!("{cause}{hint}"))
    })
}

/// The module without descriptions of its interfaces, and the names of its exports.
fn undescribed(module: &[u8]) -> wasmparser::Result<(Vec<u8>, Vec<String>)> {
    let (mut kept, mut names) = (Vec::with_capacity(module.len()), Vec::new());
    let mut start = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let end = match (&payload, payload.as_section()) {
            (Payload::Version { range, .. }, _) => range.end,
            (_, Some((_, range))) => range.end,
            _ => continue,
        };
        let described = matches!(&payload, Payload::CustomSection(s) if s.name().starts_with("component-type"));
        if !described {
            // A section that claims more than there is fails at the next step of the parser.
            kept.extend_from_slice(module.get(start..end).unwrap_or_default());
        }
        start = end;
        if let Payload::ExportSection(section) = payload {
            for export in section {
                names.push(export?.name.to_owned());
            }
        }
    }
    Ok((kept, names))
}

/// Adds the host's description.
fn describe(module: &mut Vec<u8>, exports: &Exports) -> Result<(), String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("strategy.wit", &interface::wit(exports)).map_err(|e| text(&e))?;
    let world = resolve.select_world(&[package], Some("loaded")).map_err(|e| text(&e))?;
    embed_component_metadata(module, &resolve, world, StringEncoding::UTF8).map_err(|e| text(&e))
}
