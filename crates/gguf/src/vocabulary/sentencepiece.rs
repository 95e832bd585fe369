//! BPE over characters with bytes to fall back on, as SentencePiece does it. llama.cpp calls it `llama`.
//!
//! There a token has a score, and of the pairs that can be joined the one whose result has the highest score is; here
//! the merges are in an order. So the score of a token is the rank of its first merge, negated.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use crate::Value;

use super::Vocab;
use super::table::{Table, kind};
use super::tokenizer::Tokenizer;

/// What stands for a space.
const SPACE: &str = "\u{2581}";

pub(super) fn write(tokenizer: &Tokenizer, mut table: Table, vocab: &mut Vocab) -> Result<(), String> {
    if !tokenizer.model.byte_fallback {
        return Err("llama.cpp knows BPE over bytes, or with bytes to fall back on; this is neither; export without a vocabulary".to_owned());
    }
    let prefix = space_prefix(tokenizer)?;
    if prefix == Prefix::First {
        vocab.warnings.push(
            "llama.cpp puts a space before a text, as the tokenizer does, but also before what follows a special token in it"
                .to_owned(),
        );
    }
    let unknown = tokenizer.model.unk_token.as_deref();
    for (token, of_kind) in table.tokens.iter_mut().zip(&mut table.kinds) {
        match *of_kind {
            _ if Some(token.as_str()) == unknown => *of_kind = kind::UNKNOWN,
            kind::NORMAL if is_byte(token) => *of_kind = kind::BYTE,
            // llama.cpp looks for these in the text before it replaces spaces.
            kind::USER_DEFINED => *token = token.replace(SPACE, " "),
            _ => {}
        }
    }
    let (scores, warning) = scores(tokenizer, &table)?;
    vocab.warnings.extend(warning);
    vocab.put("ggml.model", "llama".into());
    vocab.put("ggml.pre", "default".into());
    table.write(vocab)?;
    vocab.put("ggml.scores", Value::F32s(scores));
    vocab.put("ggml.add_space_prefix", Value::Bool(prefix != Prefix::Never));
    Ok(())
}

/// Where spaces are put that a text does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Never,
    /// Before the text.
    First,
    /// Before the text, and before what follows a special token in it.
    Always,
}

fn space_prefix(tokenizer: &Tokenizer) -> Result<Prefix, String> {
    let mut prefix = Prefix::Never;
    let mut replaces = false;
    for step in tokenizer.normalizers() {
        match step["type"].as_str() {
            Some("Prepend") if step["prepend"] == SPACE => prefix = Prefix::Always,
            Some("Replace") if step["pattern"]["String"] == " " && step["content"] == SPACE => replaces = true,
            _ => return Err(unknown_step("normalizer", step)),
        }
    }
    for step in tokenizer.pre_tokenizers() {
        match step["type"].as_str() {
            Some("Metaspace") if step["replacement"] == SPACE => {
                replaces = true;
                match (step["prepend_scheme"].as_str(), step["add_prefix_space"].as_bool()) {
                    (Some("never"), _) | (None, Some(false)) => {}
                    (Some("first"), _) => prefix = Prefix::First,
                    _ => prefix = Prefix::Always,
                }
            }
            // Spaces are replaced by then.
            Some("Split") if step["pattern"]["String"] == " " && replaces => {}
            _ => return Err(unknown_step("pre_tokenizer", step)),
        }
    }
    if replaces {
        Ok(prefix)
    } else {
        Err("its texts keep their spaces, which llama.cpp replaces; export without a vocabulary".to_owned())
    }
}

fn unknown_step(part: &str, step: &Json) -> String {
    format!("llama.cpp has nothing like the {part} {}; export without a vocabulary", step["type"])
}

/// `<0x00>` to `<0xFF>`.
fn is_byte(token: &str) -> bool {
    let digits = token.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
    digits.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A score for each token, and a warning if scores cannot say all that the merges do.
fn scores(tokenizer: &Tokenizer, table: &Table) -> Result<(Vec<f32>, Option<String>), String> {
    let ids: HashMap<&str, u32> = tokenizer.model.ids()?;
    let merges = &tokenizer.model.merges;
    let mut scores = vec![-(merges.len() as f32); table.tokens.len()];
    let mut ranked: HashSet<u32> = HashSet::new();
    let mut last = None;
    let mut inexact = None;
    for (rank, merge) in merges.iter().enumerate() {
        let (left, right) = merge.parts().ok_or_else(|| "one of its merges is not a pair".to_owned())?;
        let result = format!("{left}{right}");
        let Some(&id) = ids.get(result.as_str()) else {
            return Err(format!("its merges make {result:?}, which is no token"));
        };
        if ranked.insert(id) {
            scores[id as usize] = -(rank as f32);
        } else if last != Some(id) {
            inexact.get_or_insert(result);
        }
        last = Some(id);
    }
    let warning = inexact.map(|token| {
        format!("the merges that make {token:?} are not in a row, which scores cannot say; some texts get other tokens")
    });
    Ok((scores, warning))
}
