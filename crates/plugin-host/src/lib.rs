//! Loads strategy plugins and calls them, on the assumption that they are hostile.
//!
//! A plugin is a WebAssembly component, or a core module that becomes one here. It sees the interfaces of
//! `wit/strategy.wit` and nothing else: no file, no network, no clock, no environment. Every call runs in a fresh
//! instance under [`Limits`]. What it gives back is plain data that `graftwork-plan` validates.

mod cache;
mod call;
mod componentise;
mod contract;
mod error;
mod host;
mod interface;
mod limits;
mod load;
mod plugin;
mod schema;
mod schema_work;
mod state;
mod surroundings;
mod text;
mod usage;

pub use error::{PluginError, Reason};
pub use host::PluginHost;
pub use interface::{CONTRACT_VERSION, WIT};
pub use limits::Limits;
pub use plugin::{Capabilities, Descriptor, Plugin};
pub use surroundings::{NoStats, NoTraining, Stats, Surroundings, Training};
pub use usage::Usage;
