//! Loads and calls strategy plugins: wasmtime, limits, contract versions.
