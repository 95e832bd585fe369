#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::plugin`.

graftwork_fuzz::target!(plugin);
