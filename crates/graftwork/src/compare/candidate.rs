//! What takes part in a comparison: a chain of strategy plugins with their settings, under a name.

use std::path::Path;
use std::str::FromStr;

use serde_json::Value;

use crate::{Error, Host, RunConfig, StrategyConfig, setting_value};

/// A candidate of a comparison.
///
/// # Examples
/// ```
/// use graftwork::{Candidate, StrategyConfig};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// assert_eq!("lora".parse::<Candidate>()?, Candidate::new(vec![StrategyConfig::new("lora")]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name in the comparison; made from the plugins' names if not given.
    pub name: Option<String>,
    /// Its plugins, as a run has them.
    pub strategy: Vec<StrategyConfig>,
}

impl Candidate {
    /// Of a chain of plugins.
    #[must_use]
    pub fn new(strategy: Vec<StrategyConfig>) -> Self {
        Self { name: None, strategy }
    }
}

/// As on a command line: `[NAME:] PLUGIN [KEY=VALUE…] [PLUGIN [KEY=VALUE…]…]`, with a shell's rules for quotes.
///
/// A name ends in a colon; what has an equals sign and is no file is a setting of the plugin before it, JSON if it reads as JSON, else text. What
/// exists as a whole is a plugin, whatever it is called.
///
/// # Examples
/// ```
/// use graftwork::Candidate;
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let small: Candidate = "small: lora rank=4 init=pissa".parse()?;
/// assert_eq!(small.name.as_deref(), Some("small"));
/// assert_eq!(small.strategy[0].config["rank"], 4);
/// let chain: Candidate = "rank-select budget=100000 lora".parse()?;
/// assert_eq!(chain.strategy.len(), 2);
/// # Ok(())
/// # }
/// ```
impl FromStr for Candidate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if Path::new(text).is_file() {
            return Ok(Self::new(vec![StrategyConfig::new(text)]));
        }
        let refuse = |message: &str| Error::setting(format!("strategy `{text}`"), message);
        let words = shlex::split(text).ok_or_else(|| refuse("a quote in it is not closed"))?;
        let mut candidate = Self::new(Vec::new());
        for (at, word) in words.iter().enumerate() {
            if let (0, Some(name)) = (at, word.strip_suffix(':')) {
                candidate.name = Some(name_of_folder(name).map_err(|message| refuse(&message))?);
                continue;
            }
            match word.split_once('=').filter(|_| !Path::new(word).is_file()) {
                None => candidate.strategy.push(StrategyConfig::new(word)),
                Some((key, value)) => {
                    let plugin = candidate.strategy.last_mut();
                    let plugin = plugin.ok_or_else(|| refuse("a setting comes after the plugin that it is for"))?;
                    plugin.config.insert(key.to_owned(), setting_value(value));
                }
            }
        }
        if candidate.strategy.is_empty() {
            return Err(refuse("it names no plugin; write e.g. `lora rank=16`"));
        }
        Ok(candidate)
    }
}

impl Host {
    /// Puts settings into what candidates have in common, or to those of them that know them; as [`Host::configure`] does for a run.
    ///
    /// # Errors
    /// For no candidate it is a key of `run.toml` or a setting of its plugins; or its value is not what that takes.
    pub fn configure_candidates(
        &self,
        config: &mut RunConfig,
        candidates: &mut [Candidate],
        settings: Vec<(String, Value)>,
    ) -> Result<(), Error> {
        for setting in settings {
            let (mut known, mut refused) = (None, None);
            for candidate in candidates.iter_mut() {
                let mut whole = RunConfig { strategy: candidate.strategy.clone(), ..config.clone() };
                match self.configure(&mut whole, vec![setting.clone()]) {
                    Ok(()) => {
                        candidate.strategy = std::mem::take(&mut whole.strategy);
                        known = Some(whole);
                    }
                    Err(error) => refused = refused.or(Some(error)),
                }
            }
            match (known, refused) {
                (Some(whole), _) => *config = whole,
                (None, Some(error)) => return Err(error),
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Endings of the files that lie beside the folders.
const FILES: [&str; 3] = [".toml", ".json", ".html"];

/// A name that a folder can have, beside the comparison's own files.
pub(crate) fn name_of_folder(name: &str) -> Result<String, String> {
    let is_file = FILES.iter().any(|ending| name.to_lowercase().ends_with(ending));
    match !name.is_empty() && !name.starts_with('.') && name.chars().all(plain) && !is_file {
        true => Ok(name.to_owned()),
        false => Err(format!(
            "`{name}` names its folder: use letters, digits, -, _, + and ., not in front, and no ending of a file ({})",
            FILES.join(", ")
        )),
    }
}

/// Such a name made of any, as plugins give themselves.
pub(crate) fn as_name_of_folder(name: &str) -> String {
    let replaced: String = name.chars().map(|c| if plain(c) && c != '.' { c } else { '-' }).collect();
    if replaced.is_empty() { "candidate".to_owned() } else { replaced }
}

fn plain(c: char) -> bool {
    c.is_alphanumeric() || "-_+.".contains(c)
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Candidate {
        text.parse().expect("a candidate")
    }

    #[test]
    fn settings_go_to_the_plugin_before_them() {
        let candidate =
            parsed(r#"small: select.wasm budget=1000 'my plugins/lora.wasm' rank=4 'target_modules=["q"]' init=pissa"#);
        assert_eq!(candidate.name.as_deref(), Some("small"));
        let [select, lora] = candidate.strategy.as_slice() else { panic!("two plugins") };
        assert_eq!(select.path, Path::new("select.wasm"));
        assert_eq!(select.config["budget"], 1000);
        assert_eq!(lora.path, Path::new("my plugins/lora.wasm"));
        assert_eq!(
            Value::Object(lora.config.clone()),
            serde_json::json!({ "rank": 4, "target_modules": ["q"], "init": "pissa" })
        );
    }

    #[test]
    fn any_plugin_has_a_name_that_a_folder_can_have() {
        for name in ["lora", "", "../../up", "a/b", "compare.json", "ü+é", "\u{1b}[2J"] {
            let made = as_name_of_folder(name);
            assert_eq!(name_of_folder(&made).as_deref(), Ok(made.as_str()), "{name:?}");
        }
        assert_eq!(as_name_of_folder("rank-select+lora"), "rank-select+lora");
    }

    #[test]
    fn a_file_is_a_plugin_whatever_it_is_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("my rank=4.wasm");
        std::fs::write(&path, b"").expect("written");
        assert_eq!(parsed(path.to_str().expect("text")).strategy, [StrategyConfig::new(&path)]);
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, why) in [
            ("", "names no plugin"),
            ("name:", "names no plugin"),
            ("rank=4 lora.wasm", "comes after the plugin"),
            ("'lora.wasm", "not closed"),
            ("../up: lora.wasm", "names its folder"),
            ("compare.json: lora.wasm", "no ending of a file"),
            ("lora.TOML: lora.wasm", "no ending of a file"),
        ] {
            let error = text.parse::<Candidate>().expect_err(text).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
