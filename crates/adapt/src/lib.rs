//! The adapter compiler.
//!
//! An adapter says in one expression what weight its layer behaves as. From it comes everything that is computed:
//! [`apply()`] pushes activations through it, [`rows()`] looks up an embedding, [`materialize()`] builds the weight, for the
//! merge and wherever building is cheaper. Gradients follow by automatic differentiation. No method has code of its own.
//!
//! [`Adapted`] holds a whole model's parameters under a plan; a [`Session`] of it is what a forward pass asks.

mod adapted;
mod apply;
mod decompose;
mod delta;
mod error;
mod initial;
mod materialize;
mod per_row;
mod rows;
mod scope;
mod session;
mod steer;

pub use adapted::{Adapted, Slot};
pub use apply::apply;
pub use delta::{Values, added, compose, delta};
pub use error::AdaptError;
pub use materialize::materialize;
pub use per_row::PerRow;
pub use rows::rows;
pub use scope::{Dropout, Scope};
pub use session::{Mode, Session};
