//! What a model family is: its parameters, its forward pass, and how to find the family of a checkpoint.
//!
//! A family is a crate that implements [`Architecture`] and registers itself with [`inventory::submit!`] as a
//! [`Family`]. Its forward pass asks for parameters by id through [`Parameters`] and so knows neither adapters nor
//! training; whoever implements that trait decides what a parameter behaves as.
//!
//! What families have in common is here too: the list of parameters ([`Layout`]), the layers that they are put together from
//! ([`Linear`], [`GatedMlp`], [`Sight::attend`], …) and rotary positions ([`Rope`]).

mod architecture;
mod config;
mod generate;
mod input;
mod layers;
mod layout;
mod parameters;
mod past;
mod registry;
mod rope;
pub mod sketch;
mod task;

pub use architecture::{Architecture, Blocks, Dimensions, Head};
pub use config::{ConfigReader, ModelError};
pub use generate::{Continuation, Ending, Sampling, generate, generate_rows};
pub use input::{Cache, Input, Place};
pub use layers::{Activation, GatedMlp, LayerNorm, Linear, Projections, RmsNorm, Sight, by_head, linears, parts};
pub use layout::{Initial, Layout};
pub use parameters::{Parameters, Weights, matrix_shape};
pub use past::Past;
pub use registry::{DECODER_TASKS, Family, Open, families, family, open};
pub use rope::{Rope, RopeDefaults};
pub use task::{Task, TaskKind, labels_in};

// Families register themselves through this.
pub use inventory;
