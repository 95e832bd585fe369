//! See `graftwork_fuzz::adapter`.
#![no_main]

graftwork_fuzz::target!(adapter);
