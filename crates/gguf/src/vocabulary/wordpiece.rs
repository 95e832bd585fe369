//! WordPiece, which llama.cpp calls `bert`: there the beginning of a word is marked, here what goes on.

use crate::Value;

use super::Vocab;
use super::table::{Table, kind};
use super::tokenizer::{Tokenizer, is};

/// What stands before the beginning of a word.
const WORD: &str = "\u{2581}";

pub(super) fn write(tokenizer: &Tokenizer, mut table: Table, vocab: &mut Vocab) -> Result<(), String> {
    if tokenizer.model.continuing_subword_prefix.as_deref() != Some("##") {
        return Err("llama.cpp knows WordPiece with \"##\" alone; export without a vocabulary".to_owned());
    }
    let [normalizer] = tokenizer.normalizers()[..] else {
        return Err("llama.cpp knows WordPiece with BERT's normalizer alone; export without a vocabulary".to_owned());
    };
    if !is(normalizer, "BertNormalizer") {
        return Err(format!(
            "llama.cpp has nothing like the normalizer {}; export without a vocabulary",
            normalizer["type"]
        ));
    }
    let lowercase = normalizer["lowercase"] != false;
    // Left open, accents go with the case.
    let strip = normalizer["strip_accents"].as_bool().unwrap_or(lowercase);
    for (token, of_kind) in table.tokens.iter_mut().zip(&table.kinds) {
        if *of_kind != kind::CONTROL {
            *token = token.strip_prefix("##").map_or_else(|| format!("{WORD}{token}"), str::to_owned);
        }
    }
    vocab.put("ggml.model", "bert".into());
    vocab.put("ggml.pre", "default".into());
    table.write(vocab)?;
    vocab.put("ggml.normalizer.lowercase", Value::Bool(lowercase));
    vocab.put("ggml.normalizer.strip_accents", Value::Bool(strip));
    Ok(())
}
