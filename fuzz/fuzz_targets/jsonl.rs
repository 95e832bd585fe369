//! See `graftwork_fuzz::jsonl`.
#![no_main]

graftwork_fuzz::target!(jsonl);
