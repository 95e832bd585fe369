//! See `graftwork_fuzz::plugin`.
#![no_main]

graftwork_fuzz::target!(plugin);
