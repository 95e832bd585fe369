//! What a model family is: its parameters, its forward pass, and how to find the family of a checkpoint.
//!
//! A family is a crate that implements [`Architecture`] and registers itself with [`inventory::submit!`] as a
//! [`Family`]. Its forward pass asks for parameters by id through [`Parameters`] and so knows neither adapters nor
//! training; whoever implements that trait decides what a parameter behaves as.

mod architecture;
mod config;
mod generate;
mod input;
mod parameters;
mod registry;

pub use architecture::{Architecture, Blocks, Dimensions, Head};
pub use config::{ConfigReader, ModelError};
pub use generate::{Sampling, generate};
pub use input::{Cache, Input};
pub use parameters::{Parameters, Weights, matrix_shape};
pub use registry::{Family, families, open};

// Families register themselves through this.
pub use inventory;
