//! Writes a model or an adapter as a GGUF file.
//!
//! `cargo run --release -p graftwork-gguf --example convert -- MODEL OUT --precision q8_0`
//! `cargo run --release -p graftwork-gguf --example convert -- ADAPTER OUT --base MODEL`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use graftwork_gguf::{ModelOptions, Precision, Vocabulary, write_adapter, write_model};
use graftwork_store::Overwrite;

#[derive(Parser)]
struct Arguments {
    /// A Hugging Face model folder, or with --base a PEFT adapter folder
    folder: PathBuf,
    /// The file to write
    out: PathBuf,
    /// The model folder that the adapter is for
    #[arg(long)]
    base: Option<PathBuf>,
    /// How matrices are stored
    #[arg(long, value_enum, default_value = "f16")]
    precision: Stored,
    /// Write no tokenizer: the file takes and gives token ids
    #[arg(long)]
    no_vocab: bool,
    /// llama.cpp's name for how texts are split, where it is not found
    #[arg(long, conflicts_with = "no_vocab")]
    split_as: Option<String>,
    /// Replace the file
    #[arg(long)]
    overwrite: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Stored {
    F32,
    F16,
    Bf16,
    #[value(name = "q8_0")]
    Q8_0,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let overwrite = if arguments.overwrite { Overwrite::Replace } else { Overwrite::Never };
    let report = match &arguments.base {
        Some(base) => write_adapter(&arguments.folder, base, &arguments.out, overwrite)?,
        None => {
            let precision = match arguments.precision {
                Stored::F32 => Precision::F32,
                Stored::F16 => Precision::F16,
                Stored::Bf16 => Precision::Bf16,
                Stored::Q8_0 => Precision::Q8_0,
            };
            let vocabulary = match arguments.split_as {
                _ if arguments.no_vocab => Vocabulary::Omitted,
                Some(name) => Vocabulary::SplitAs(name),
                None => Vocabulary::Written,
            };
            write_model(
                &arguments.folder,
                &arguments.out,
                &ModelOptions { precision, vocabulary, name: None, overwrite },
            )?
        }
    };
    for warning in &report.warnings {
        println!("note: {warning}");
    }
    println!("{}: {}, {} bytes, {:?}", arguments.out.display(), report.architecture, report.bytes, report.tensors);
    Ok(())
}
