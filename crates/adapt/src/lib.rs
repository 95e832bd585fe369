//! Compiles adapter expressions.
