#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::checkpoint`.

graftwork_fuzz::target!(checkpoint);
