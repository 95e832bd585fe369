//! Lines for the person who runs the host.

#[cfg(target_family = "wasm")]
use crate::bindings::strategy::graftwork::strategy::log::{Level, emit};

/// A detail that helps to find out why a plan is as it is.
pub fn debug(message: &str) {
    #[cfg(target_family = "wasm")]
    emit(Level::Debug, message);
    #[cfg(not(target_family = "wasm"))]
    eprintln!("debug: {message}");
}

/// What the plugin did, where that is not plain from the plan.
pub fn info(message: &str) {
    #[cfg(target_family = "wasm")]
    emit(Level::Info, message);
    #[cfg(not(target_family = "wasm"))]
    eprintln!("info: {message}");
}

/// What is allowed but probably not meant. One line for all of its cases: the host bounds how many it takes.
pub fn warn(message: &str) {
    #[cfg(target_family = "wasm")]
    emit(Level::Warn, message);
    #[cfg(not(target_family = "wasm"))]
    eprintln!("warning: {message}");
}
