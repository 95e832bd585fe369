//! The access token, which must not be seen.

use std::fmt;

use ureq::http::HeaderValue;

/// An access token of the Hub. No `Debug` or `Display` shows it.
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    /// Where it was found, for messages.
    source: String,
}

impl Token {
    /// The token `text`, which was found at `source`: a variable or a file. `None` if it is blank.
    ///
    /// # Errors
    /// If it has characters that no token has. The message does not show it.
    pub fn new(text: &str, source: impl Into<String>) -> Result<Option<Self>, BadToken> {
        let (text, source) = (text.trim(), source.into());
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadToken { place: source });
        }
        let mut header =
            HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| BadToken { place: source.clone() })?;
        header.set_sensitive(true);
        Ok(Some(Self { header, source }))
    }

    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// Where it was found.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(from {})", self.source)
    }
}

/// A token that cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("the token in {place} has spaces or characters that no token has; set it anew, or run `hf auth login`")]
pub struct BadToken {
    place: String,
}
