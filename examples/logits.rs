//! Writes the logits of a text to a safetensors file, to compare with another implementation.
//!
//! ```text
//! cargo run --release --example logits -- OUT.safetensors "Some text" [MODEL [ADAPTER]]
//! ```
//!
//! `MODEL` may be `-` for the one that the adapter was trained on, or the one that comes with Graftwork.
//! The file holds `ids` `[tokens]` (I64) and `logits` `[tokens, vocabulary]` (F32); `tests/oracles/check_ours.py` reads it.

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
    let tokens = logits.ids.len();
    let views = BTreeMap::from([
        ("ids", TensorView::new(Dtype::I64, vec![tokens], &ids)?),
        ("logits", TensorView::new(Dtype::F32, vec![tokens, logits.columns], &values)?),
    ]);
    serialize_to_file(views, None, Path::new(&out))?;
    println!("{tokens} tokens, {} logits each, in {out}", logits.columns);
    Ok(())
}
