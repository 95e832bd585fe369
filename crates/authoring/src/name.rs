//! Names that a plugin, and a crate, may have.

use crate::AuthoringError;

/// The longest name, in bytes: that of a plugin.
const LONGEST: usize = 64;

/// What a crate must not be called: keywords, and the crates that the template itself needs.
const TAKEN: [&str; 62] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "graftwork-sdk",
    "graftwork_sdk",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "serde",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "wit-bindgen",
    "yield",
];

/// Checks the name of a new plugin.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(name: &str) -> Result<(), AuthoringError> {
    let bad = |reason: String| Err(AuthoringError::Name { name: name.to_owned(), reason });
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return bad("it must begin with a small letter".to_owned());
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if let Some(c) = name.chars().find(|c| !plain(*c)) {
        return bad(format!("it has `{}`, but may have small letters, digits, `-` and `_` only", c.escape_default()));
    }
    if name.len() > LONGEST {
        return bad(format!("it has {} characters; at most {LONGEST} are allowed", name.len()));
    }
    if TAKEN.contains(&name) {
        return bad("a Rust crate cannot have this name".to_owned());
    }
    Ok(())
}
