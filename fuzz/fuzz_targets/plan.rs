//! See `graftwork_fuzz::plan`.
#![no_main]

graftwork_fuzz::target!(plan);
