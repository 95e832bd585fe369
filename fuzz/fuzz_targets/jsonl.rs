#![cfg_attr(fuzzing, no_main)]
//! See `graftwork_fuzz::jsonl`.

graftwork_fuzz::target!(jsonl);
