//! See `graftwork_fuzz::checkpoint`.
#![no_main]

graftwork_fuzz::target!(checkpoint);
