//! The languages that there is a template and a toolchain for.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::Serialize;

use crate::AuthoringError;

/// A language that plugins are written in. Others can be too, by whatever builds a component for `wit/strategy.wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust, with the SDK.
    Rust,
    /// C11, without a standard library.
    C,
    /// Python 3, by componentize-py.
    Python,
    /// JavaScript, by componentize-qjs.
    #[serde(rename = "js")]
    JavaScript,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rust, Self::C, Self::Python, Self::JavaScript];

    /// The name, as flags have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Python => "python",
            Self::JavaScript => "js",
        }
    }

    /// The file by which a plugin's folder is known to be in this language.
    #[must_use]
    pub fn marker(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::C => "plugin.c",
            Self::Python => "app.py",
            Self::JavaScript => "package.json",
        }
    }

    /// The language of a plugin's folder.
    ///
    /// # Errors
    /// It is no folder, or has the marker of none or of several languages.
    pub fn of(folder: &Path) -> Result<Self, AuthoringError> {
        if !folder.is_dir() {
            return Err(AuthoringError::NoFolder { folder: folder.to_owned() });
        }
        let mut found = Self::ALL.into_iter().filter(|language| folder.join(language.marker()).is_file());
        match (found.next(), found.next()) {
            (Some(language), None) => Ok(language),
            (None, _) => Err(AuthoringError::NoLanguage { folder: folder.to_owned() }),
            (Some(one), Some(other)) => Err(AuthoringError::TwoLanguages {
                folder: folder.to_owned(),
                one: one.marker(),
                other: other.marker(),
            }),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = if text == "javascript" { "js" } else { text };
        Self::ALL
            .into_iter()
            .find(|language| language.name() == text)
            .ok_or_else(|| format!("there is no template for `{text}`; there are: rust, c, python, js"))
    }
}
