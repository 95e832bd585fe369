//! Names of the contract's interfaces, `graftwork:strategy/plugin@0.1.0`, and the versions in them.

use std::fmt;

use crate::error::PluginError;
use crate::text::shown;

/// Version of the contract that this host speaks. Versions that differ in the last number only are the same to it.
pub const CONTRACT_VERSION: &str = "0.1.0";
/// The contract itself.
pub const WIT: &str = include_str!("../wit/strategy.wit");

const PACKAGE: &str = "graftwork:strategy/";
/// Interfaces that a plugin may export; all export the first.
const EXPORTS: [&str; 5] = ["plugin", "strategy", "selector", "composer", "controller"];
/// Interfaces that a plugin may import.
const IMPORTS: [&str; 8] = ["model", "stats", "selection", "training", "random", "log", "expression", "types"];

/// Version of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u64; 3]);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|n| n.parse().ok());
        let version = Self([numbers.next()??, numbers.next()??, numbers.next()??]);
        numbers.next().is_none().then_some(version)
    }

    /// Whether this host speaks it.
    fn is_ours(self) -> bool {
        Self::parse(CONTRACT_VERSION).is_some_and(|ours| self.0[..2] == ours.0[..2])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, patch]) = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Interface and version, where the name is one of the contract's.
fn split(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix(PACKAGE)?.split_once('@')
}

/// What a plugin exports of the contract.
#[derive(Debug)]
pub(crate) struct Exports {
    pub(crate) version: Version,
    pub(crate) interfaces: Vec<&'static str>,
}

impl Exports {
    /// Reads them from the names of what a plugin exports: exports are never pruned, as unused imports are.
    pub(crate) fn read<'a>(plugin: &str, names: impl Iterator<Item = &'a str>) -> Result<Self, PluginError> {
        let refuse = |reason: String| PluginError::Refused { plugin: plugin.to_owned(), reason };
        let mut own = None;
        let mut interfaces = Vec::new();
        for (interface, text) in names.filter_map(split) {
            let Some(interface) = EXPORTS.into_iter().find(|e| *e == interface) else { continue };
            let version = Version::parse(text)
                .ok_or_else(|| refuse(format!("`{}` is no version of the contract", shown(text))))?;
            if !version.is_ours() {
                return Err(other_contract(plugin, version));
            }
            if interface == EXPORTS[0] {
                own = Some(version);
            }
            interfaces.push(interface);
        }
        match own {
            Some(version) => Ok(Self { version, interfaces }),
            None if interfaces.is_empty() => {
                Err(refuse(format!("it is no Graftwork plugin: it exports no interface of `{PACKAGE}`")))
            }
            None => Err(refuse(format!(
                "it exports no `{PACKAGE}plugin@{CONTRACT_VERSION}`, by which every plugin says what it is"
            ))),
        }
    }

    pub(crate) fn has(&self, interface: &str) -> bool {
        self.interfaces.contains(&interface)
    }
}

fn other_contract(plugin: &str, found: Version) -> PluginError {
    let newer = Version::parse(CONTRACT_VERSION).is_some_and(|ours| found > ours);
    let remedy = if newer { "upgrade Graftwork" } else { "build the plugin with this version's SDK" };
    PluginError::Contract { plugin: plugin.to_owned(), found: found.to_string(), ours: CONTRACT_VERSION, remedy }
}

/// Whether a plugin is given the interface of that name.
pub(crate) fn is_importable(name: &str) -> bool {
    split(name).is_some_and(|(interface, version)| {
        IMPORTS.contains(&interface) && Version::parse(version).is_some_and(Version::is_ours)
    })
}

/// The contract as a plugin of that version knows it, with a world `loaded` of what this one exports.
pub(crate) fn wit(exports: &Exports) -> String {
    let package = |version: &dyn fmt::Display| format!("package graftwork:strategy@{version};");
    let contract = WIT.replacen(&package(&CONTRACT_VERSION), &package(&exports.version), 1);
    let lines: String = exports.interfaces.iter().map(|e| format!("  export {e};\n")).collect();
    format!("{contract}\nworld loaded {{\n  include host-imports;\n{lines}}}\n")
}
