#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::adapter`.

graftwork_fuzz::target!(adapter);
