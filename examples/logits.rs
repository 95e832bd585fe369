//! Writes the logits of a text to a safetensors file, to compare with another implementation.
//!
//! ```text
//! cargo run --release --example logits -- OUT.safetensors "Some text" [MODEL [ADAPTER]]
//! ```
//!
//! `MODEL` may be `-` for the one that the adapter was trained on, or the one that comes with Graftwork.
//! The file holds `ids` `[tokens]` (I64) and `logits` `[tokens, vocabulary]` (F32), of a classifier `ids` and `mask` `[1, tokens]` and
//! `logits` `[1, classes]`; `tests/oracles/check_ours.py` reads it.

#![allow(clippy::print_stdout, reason = "a program may print; the library does not")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graftwork::{DeviceChoice, Host, LogitsRequest, Tokens};
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(out), Some(text)) = (args.next(), args.next()) else {
        return Err("usage: logits OUT.safetensors TEXT [MODEL [ADAPTER]]".into());
    };
    let model = args.next().filter(|model| model != "-").map(PathBuf::from);
    let adapter = args.next().map(PathBuf::from);
    let request = LogitsRequest { model, adapter, device: DeviceChoice::Cpu, tokens: Tokens::Text(text) };
    let logits = Host::new()?.logits(&request, &mut |_| {})?;

    let ids: Vec<u8> = logits.ids.iter().flat_map(|&id| i64::from(id).to_le_bytes()).collect();
    let values: Vec<u8> = logits.values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let (tokens, rows) = (logits.ids.len(), logits.values.len() / logits.columns);
    let ones: Vec<u8> = (0..tokens).flat_map(|_| 1i64.to_le_bytes()).collect();
    // A classifier gives one row for the text, and is asked in batches.
    let asked = if rows == tokens { vec![tokens] } else { vec![1, tokens] };
    let mut tensors = BTreeMap::from([
        ("ids", TensorView::new(Dtype::I64, asked.clone(), &ids)?),
        ("logits", TensorView::new(Dtype::F32, vec![rows, logits.columns], &values)?),
    ]);
    if rows != tokens {
        tensors.insert("mask", TensorView::new(Dtype::I64, asked, &ones)?);
    }
    serialize_to_file(tensors, None, Path::new(&out))?;
    println!("{tokens} tokens, {} logits each, in {out}", logits.columns);
    Ok(())
}
