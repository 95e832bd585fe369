//! For authors of strategy plugins.
//!
//! A plugin describes, the host computes. Implement [`Plugin`] and [`Strategy`], say what is adapted with an [`Expr`], and export it.
//! This is LoRA, whole:
//!
//! ```
//! use graftwork_sdk::{Adapter, Error, Expr, Model, Plan, Plugin, Strategy, Tensor, export_strategy};
//! use serde::Deserialize;
//!
//! /// A layer behaves as `base + alpha/rank · (B @ A)`.
//! struct Lora;
//!
//! #[derive(Deserialize)]
//! #[serde(default, deny_unknown_fields)]
//! struct Config {
//!     rank: u32,
//!     alpha: f64,
//! }
//!
//! impl Default for Config {
//!     fn default() -> Self {
//!         Self { rank: 8, alpha: 16.0 }
//!     }
//! }
//!
//! impl Plugin for Lora {
//!     const NAME: &'static str = "my-lora";
//!     const SUMMARY: &'static str = "Two thin matrices beside every linear layer, which stays frozen.";
//!     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {
//!         "rank": {"type": "integer", "minimum": 1, "maximum": 1024, "default": 8},
//!         "alpha": {"type": "number", "default": 16}
//!     }}"#;
//!     type Config = Config;
//! }
//!
//! impl Strategy for Lora {
//!     fn plan(Config { rank, alpha }: Config, model: &Model) -> Result<Plan, Error> {
//!         let mut plan = Plan::default();
//!         for layer in model.linear_layers() {
//!             let [out, inner] = layer.matrix()?;
//!             let bound = 1.0 / f64::from(inner).sqrt();
//!             let a = Tensor::new("lora_A", &[rank, inner], Expr::uniform(bound, &[rank, inner]));
//!             // Zero, so that training begins from the model as it is.
//!             let b = Tensor::new("lora_B", &[out, rank], Expr::zeros(&[out, rank]));
//!             let product = Expr::tensor(1).matmul(&Expr::tensor(0));
//!             let effective = Expr::base() + alpha / f64::from(rank) * product;
//!             plan.adapters.push(Adapter::new(layer.id, "lora", vec![a, b], effective));
//!         }
//!         Ok(plan)
//!     }
//! }
//!
//! export_strategy!(Lora);
//! # fn main() -> Result<(), Error> {
//! #     use graftwork_sdk::{Mock, Param, Role};
//! #     let (name, dtype) = ("layers.0.q_proj.weight".to_owned(), "f32".to_owned());
//! #     let weight = Param { id: 0, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(0), tied_to: None };
//! #     let plan = Lora::plan(Config::default(), &Mock { params: vec![weight], ..Mock::default() }.into())?;
//! #     let shapes: Vec<_> = plan.adapters[0].tensors.iter().map(|tensor| tensor.shape.as_slice()).collect();
//! #     assert_eq!(shapes, [[8, 4], [8, 8]]);
//! #     Ok(())
//! # }
//! ```
//!
//! Build it with `cargo build --release --target wasm32-unknown-unknown` as a `cdylib`; the host takes the file as it is.
//!
//! # Where to find what
//!
//! | to | there is |
//! |---|---|
//! | plan adapters or train in place | [`Strategy`], [`Plan`], [`Adapter`], [`Tensor`], [`Trainable`] |
//! | choose weights and ranks for other strategies | [`Selector`], [`Choice`] |
//! | compose trained adapters | [`Composer`], over [`Expr::delta`] |
//! | steer a run | [`Controller`], [`Action`], alone or [with a strategy](export_steered_strategy) |
//! | say what a layer behaves as | [`Expr`] and its operators |
//! | read settings that most methods have, flattened into your own | [`TargetSettings`], [`RankSettings`], [`InPlaceSettings`] |
//! | choose weights by yourself | [`Names`], [`Targets`], [`Layers`], [`Patterns`] |
//! | refuse, and warn | [`Error::config`], [`log::warn`] |
//! | be read by PEFT | [`Peft`] |
//! | test it without a host | [`Mock`], [`MockRun`] |

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
