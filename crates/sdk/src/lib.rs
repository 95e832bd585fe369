//! For authors of strategy plugins.
//!
//! A plugin describes, the host computes. Implement [`Plugin`] and [`Strategy`] (or [`Selector`], [`Composer`],
//! [`Controller`]), say what is adapted with an [`Expr`], and export it:
//!
//! ```
//! use graftwork_sdk::{Adapter, Error, Expr, Model, Plan, Plugin, Strategy, Tensor, export_strategy};
//! use serde::Deserialize;
//!
//! /// Scales every row of a layer's weight by a learned number.
//! struct RowScale;
//!
//! #[derive(Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Config {}
//!
//! impl Plugin for RowScale {
//!     const NAME: &'static str = "row-scale";
//!     const SUMMARY: &'static str = "Learns one factor for each output of every linear layer.";
//!     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
//!     type Config = Config;
//! }
//!
//! impl Strategy for RowScale {
//!     fn plan(_: Config, model: &Model) -> Result<Plan, Error> {
//!         let mut plan = Plan::default();
//!         for layer in model.linear_layers() {
//!             let [out, _] = layer.matrix()?;
//!             let factors = Tensor::new("factors", &[out, 1], Expr::constant(1.0, &[out, 1]));
//!             plan.adapters.push(Adapter::new(layer.id, "row-scale", vec![factors], Expr::base() * Expr::tensor(0)));
//!         }
//!         Ok(plan)
//!     }
//! }
//!
//! export_strategy!(RowScale);
//! # fn main() {}
//! ```
//!
//! Build it with `cargo build --release --target wasm32-unknown-unknown` as a `cdylib`; the host takes the file as it is.
//!
//! Settings that most methods have are here, to be flattened into a plugin's own: [`TargetSettings`], [`RankSettings`],
//! [`InPlaceSettings`]. [`Peft`] says what a plan is in PEFT.

#[doc(hidden)]
#[allow(
    missing_docs,
    unsafe_op_in_unsafe_fn,
    unused,
    clippy::all,
    clippy::panic,
    clippy::unwrap_used,
    rust_2018_idioms,
    reason = "generated from wit/strategy.wit"
)]
pub mod bindings {
    #[rustfmt::skip]
    pub mod composer;
    #[rustfmt::skip]
    pub mod controller;
    #[rustfmt::skip]
    pub mod selector;
    #[rustfmt::skip]
    pub mod steered_strategy;
    #[rustfmt::skip]
    pub mod strategy;
}

mod adapted;
mod controller;
mod error;
mod export;
mod expression;
mod in_place;
mod layers;
pub mod log;
mod model;
mod pattern;
mod peft;
mod plan;
mod targets;

pub use adapted::{Chosen, RankSettings, Target, TargetSettings};
pub use controller::{Action, MockRun, Report, Run};
pub use error::Error;
pub use export::{Composer, Controller, Plugin, Selector, Source, Strategy, settings};
pub use expression::Expr;
pub use in_place::InPlaceSettings;
pub use layers::Layers;
pub use model::{Choice, Mock, Model, Param, Role};
pub use pattern::{Patterns, regex};
pub use peft::Peft;
pub use plan::{Adapter, Group, Plan, Tensor, Trainable};
pub use targets::{Names, Targets};

// What the exporting macros, the generated bindings and this crate's tests need, by these paths.
#[doc(hidden)]
pub use export::{remember, remembered, run_compose, run_plan, run_select, run_start, run_step};
extern crate self as graftwork_sdk;
#[doc(hidden)]
pub use wit_bindgen::rt;
