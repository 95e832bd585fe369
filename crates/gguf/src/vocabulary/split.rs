//! How texts are split before byte-level BPE, and llama.cpp's name for it.
//!
//! llama.cpp knows the expressions of some models by name (`tokenizer.ggml.pre`); its own converter finds the name by what
//! the tokenizer makes of one text. Here it is found by the expressions themselves, those that `src/llama-vocab.cpp`
//! quotes as the originals of its own.

use serde_json::Value as Json;

use super::tokenizer::{Tokenizer, is};

/// The parts that the expressions of several models share.
macro_rules! contractions {
    () => {
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    };
}
macro_rules! spaces {
    () => {
        r"|\s*[\r\n]+|\s+(?!\S)|\s+"
    };
}
macro_rules! cased_words {
    ($ending:expr) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+",
            $ending,
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*",
            $ending
        )
    };
}

/// Expressions, whether merges are ignored for a word that is a token, and llama.cpp's name for the two.
const EXPRESSIONS: [(&str, bool, &str); 6] = [
    (LLAMA_3, true, "llama-bpe"),
    (LLAMA_3, false, "dbrx"),
    (concat!(contractions!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*", spaces!()), false, "qwen2"),
    (
        concat!(contractions!(), r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*", spaces!()),
        false,
        "qwen35",
    ),
    (
        concat!(cased_words!(concat!(contractions!(), "?")), r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*", spaces!()),
        false,
        "gpt-4o",
    ),
    (concat!(cased_words!(""), r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*", spaces!()), true, "tekken"),
];
const LLAMA_3: &str =
    concat!(contractions!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*", spaces!());

/// llama.cpp's name for how `tokenizer` splits; `None` if it has none.
pub(super) fn name(tokenizer: &Tokenizer) -> Option<&'static str> {
    let ignores_merges = tokenizer.model.ignore_merges;
    match tokenizer.pre_tokenizers()[..] {
        [bytes] if splits_like_gpt2(bytes) && !ignores_merges => Some("gpt-2"),
        [digits, bytes] if is_single_digits(digits) && splits_like_gpt2(bytes) && !ignores_merges => Some("smollm"),
        [split, bytes] if only_maps_bytes(bytes) => {
            let expression = expression(split)?;
            EXPRESSIONS
                .iter()
                .find(|(known, ignores, _)| *known == expression && *ignores == ignores_merges)
                .map(|(_, _, name)| *name)
        }
        _ => None,
    }
}

/// Byte-level, with the expression of GPT-2, which is the default.
fn splits_like_gpt2(step: &Json) -> bool {
    is(step, "ByteLevel") && step["use_regex"] != false && step["add_prefix_space"] == false
}

fn only_maps_bytes(step: &Json) -> bool {
    is(step, "ByteLevel") && step["use_regex"] == false && step["add_prefix_space"] == false
}

fn is_single_digits(step: &Json) -> bool {
    is(step, "Digits") && step["individual_digits"] == true
}

/// The expression whose matches become words of their own; line ends in it are written as escapes.
fn expression(step: &Json) -> Option<String> {
    let isolated = is(step, "Split") && step["behavior"] == "Isolated" && step["invert"] != true;
    let expression = step["pattern"]["Regex"].as_str().filter(|_| isolated)?;
    Some(expression.replace('\r', r"\r").replace('\n', r"\n"))
}
