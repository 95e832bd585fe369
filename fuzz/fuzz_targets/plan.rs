#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::plan`.

graftwork_fuzz::target!(plan);
