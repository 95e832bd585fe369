//! The tokens in the order of their ids, and what each is.

use std::collections::{HashMap, HashSet};

use crate::Value;

use super::Vocab;
use super::tokenizer::Tokenizer;

/// What a token is, by llama.cpp's numbers (`llama_token_type` in `llama.h`).
pub(super) mod kind {
    pub(in super::super) const NORMAL: i32 = 1;
    pub(in super::super) const UNKNOWN: i32 = 2;
    pub(in super::super) const CONTROL: i32 = 3;
    pub(in super::super) const USER_DEFINED: i32 = 4;
    pub(in super::super) const UNUSED: i32 = 5;
    pub(in super::super) const BYTE: i32 = 6;
}

/// Tokens that some models add without calling them special.
const CONTROL_LIKE: [&str; 4] = ["<pad>", "<mask>", "<2mass>", "[@BOS@]"];
/// How such tokens begin and end.
const CONTROL_FORMS: [(&str, &str); 3] = [("<|", "|>"), ("<｜", "｜>"), ("<unused", ">")];

/// A token for each id of the model; those without are `[PADid]`.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) tokens: Vec<String>,
    pub(super) kinds: Vec<i32>,
}

impl Table {
    /// The tokens of `tokenizer`, in a model of `size` ids.
    pub(super) fn read(tokenizer: &Tokenizer, size: usize) -> Result<Self, String> {
        let mut tokens: Vec<Option<String>> = vec![None; size];
        let mut kinds = vec![kind::UNUSED; size];
        let mut put = |id: u32, token: &str, kind: i32| match tokens.get_mut(id as usize) {
            Some(place) => {
                *place = Some(token.to_owned());
                kinds[id as usize] = kind;
                Ok(())
            }
            None => Err(format!(
                "token {token:?} has id {id}, but the model has {size} ids; copy the tokenizer that belongs to the model"
            )),
        };
        for (token, id) in tokenizer.model.ids()? {
            put(id, token, kind::NORMAL)?;
        }
        for token in &tokenizer.added_tokens {
            let control = token.special || looks_like_control(&token.content);
            put(token.id, &token.content, if control { kind::CONTROL } else { kind::USER_DEFINED })?;
        }
        let named = tokens.into_iter().enumerate();
        let tokens = named.map(|(id, token)| token.unwrap_or_else(|| format!("[PAD{id}]"))).collect();
        Ok(Self { tokens, kinds })
    }

    /// Writes the table. llama.cpp stops the whole program over two tokens of the same text.
    pub(super) fn write(self, vocab: &mut Vocab) -> Result<(), String> {
        let mut seen = HashSet::new();
        if let Some(token) = self.tokens.iter().find(|token| !seen.insert(token.as_str())) {
            return Err(format!("token {token:?} has two ids, which llama.cpp does not allow"));
        }
        vocab.put("ggml.tokens", Value::Strings(self.tokens));
        vocab.put("ggml.token_type", Value::I32s(self.kinds));
        Ok(())
    }

    /// Ids by token.
    pub(super) fn ids(&self) -> HashMap<&str, u32> {
        self.tokens.iter().map(String::as_str).zip(0..).collect()
    }
}

fn looks_like_control(token: &str) -> bool {
    let of_form = |(start, end): &(&str, &str)| token.starts_with(start) && token.ends_with(end);
    CONTROL_LIKE.contains(&token) || CONTROL_FORMS.iter().any(of_form)
}
