//! For authors of strategy plugins.
