//! See `graftwork_fuzz::expression`.
#![no_main]

graftwork_fuzz::target!(expression);
