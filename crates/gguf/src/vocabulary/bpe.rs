//! Byte-level BPE, which llama.cpp calls `gpt2`.

use crate::Value;

use super::Vocab;
use super::split;
use super::table::Table;
use super::tokenizer::{Tokenizer, is};

/// `split_as` is llama.cpp's name for how texts are split; where there is none it is found.
pub(super) fn write(
    tokenizer: &Tokenizer,
    table: Table,
    split_as: Option<&str>,
    vocab: &mut Vocab,
) -> Result<(), String> {
    let split = match split_as {
        Some(name) => name,
        None => split::name(tokenizer).ok_or_else(|| {
            "llama.cpp has no name known here for the way in which its pre_tokenizer splits texts; export without a \
             vocabulary, or say the name (tokenizer.ggml.pre in a GGUF file of the base model)"
                .to_owned()
        })?,
    };
    for step in tokenizer.normalizers() {
        if !is(step, "NFC") {
            return Err(format!(
                "llama.cpp does not normalise texts by {} before byte-level BPE; export without a vocabulary",
                step["type"]
            ));
        }
        vocab
            .warnings
            .push("llama.cpp does not normalise texts to NFC; texts in another form get other tokens".to_owned());
    }
    let merges = tokenizer.model.merges.iter().map(|merge| merge.parts().map(joined)).collect::<Option<Vec<_>>>();
    let merges = merges.ok_or_else(|| "one of its merges is not a pair".to_owned())?;
    vocab.put("ggml.model", "gpt2".into());
    vocab.put("ggml.pre", split.into());
    table.write(vocab)?;
    vocab.put("ggml.merges", Value::Strings(merges));
    Ok(())
}

/// A pair with a space between. A space within, which no byte-level token has, is written as its byte's character.
fn joined((left, right): (&str, &str)) -> String {
    format!("{} {}", left.replace(' ', "Ġ"), right.replace(' ', "Ġ"))
}
