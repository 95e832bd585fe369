#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::expression`.

graftwork_fuzz::target!(expression);
