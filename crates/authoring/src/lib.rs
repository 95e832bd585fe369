//! For authors of plugins: a folder that builds as it is, the build of it, and a check of what it built.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use graftwork_authoring::{Builder, Language, conformance, new};
//! use graftwork_plugin_host::{Limits, PluginHost};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! new("my-method", Language::Rust, Path::new("."))?;
//! let host = PluginHost::new(Limits::default())?;
//! let built = Builder::new(&host).build(Path::new("my-method"))?;
//! let checks = conformance::run(&built.plugin);
//! assert!(checks.iter().all(|check| check.passed));
//! # Ok(())
//! # }
//! ```
//!
//! The templates say the same method in each language, `base * factors`, and give the same plan, hash by hash.

mod build;
pub mod conformance;
mod error;
mod language;
pub mod models;
mod name;
mod scaffold;

pub use build::{Builder, Built, Tool, Toolchain};
pub use error::AuthoringError;
pub use language::Language;
pub use scaffold::new;
