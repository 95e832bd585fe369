//! A model that people have: SmolLM2-135M-Instruct against Transformers and PEFT.
//!
//! The weights are no part of the repository: `tests/oracles/fetch_smollm2.sh DIR` gets them. Then
//! `GRAFTWORK_SMOLLM2=DIR cargo test --release --workspace --features graftwork/smollm2 --test smollm2`.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::PathBuf;

use common::{difference, golden, ids, logits, tensor};

fn folder() -> PathBuf {
    std::env::var_os("GRAFTWORK_SMOLLM2").expect("GRAFTWORK_SMOLLM2 names the model's folder").into()
}

#[test]
fn gives_transformers_logits() {
    let file = golden("smollm2-logits.safetensors");
    let columns = ids(&file, "columns");
    for prompt in 0..2 {
        let tokens = ids(&file, &format!("ids.{prompt}"));
        let all = logits(Some(folder()), None, &tokens);
        let row = all.len() / tokens.len();
        let found: Vec<f32> = all.chunks(row).flat_map(|r| columns.iter().map(|&c| r[c as usize])).collect();
        let worst = difference(&found, &tensor(&file, &format!("logits.{prompt}")));
        assert!(worst < 1e-4, "{worst:e}");
        let best = |r: &[f32]| (0..r.len()).max_by(|&a, &b| r[a].total_cmp(&r[b])).unwrap_or(0) as u32;
        let likeliest: Vec<u32> = all.chunks(row).map(best).collect();
        assert_eq!(likeliest, ids(&file, &format!("argmax.{prompt}")));
    }
}
