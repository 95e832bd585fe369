//! Operations that training needs and burn lacks, over burn's tensors.
//!
//! Each is written so that its definition can be read off; a faster version for a device has to agree with the one
//! here.

pub mod adamw;
pub mod attention;
#[cfg(feature = "cuda")]
mod cuda;
pub mod embedding;
pub mod gate;
pub mod linalg;
pub mod linear;
pub mod loss;
pub mod memory;
pub mod norm;
mod precision;
pub mod random;
pub mod roots;
pub mod rotary;
pub mod spectrum;
#[cfg(feature = "cuda")]
pub mod toolkit;
