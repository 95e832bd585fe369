//! Where the Hub and the cache are: the variables of `huggingface_hub`
//! (<https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>), with the same meaning.

use std::env::VarError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::Uri;

use crate::{HubError, Token};

const ENDPOINT: &str = "https://huggingface.co";

/// How a [`Hub`](crate::Hub) is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address of the Hub, without a slash at its end.
    pub endpoint: String,
    /// Folder of the cache, the one that holds `models--ORG--NAME`.
    pub cache: PathBuf,
    /// The access token.
    pub token: Option<Token>,
    /// Whether only the cache may be used.
    pub offline: bool,
    /// How long to wait for a connection, and for the next bytes of an answer.
    pub timeout: Duration,
    /// How often a request is made that fails for a reason that may pass. Bytes that arrive start the count anew.
    pub attempts: u32,
    /// The wait after the first of them; it doubles from one to the next.
    pub backoff: Duration,
}

impl Settings {
    /// The Hub at `endpoint` with the cache in `cache`, without a token.
    #[must_use]
    pub fn new(endpoint: impl Into<String>, cache: impl Into<PathBuf>) -> Self {
        Self {
            endpoint: endpoint.into(),
            cache: cache.into(),
            token: None,
            offline: false,
            timeout: Duration::from_secs(10),
            attempts: 5,
            backoff: Duration::from_secs(1),
        }
    }

    /// What the environment says: `HF_ENDPOINT`, `HF_HUB_CACHE`, `HF_HOME`, `HF_HUB_OFFLINE`, `HF_TOKEN`, `HF_TOKEN_PATH`,
    /// `HF_HUB_DISABLE_IMPLICIT_TOKEN`, `HF_HUB_DOWNLOAD_TIMEOUT`, and the older names of these.
    ///
    /// # Errors
    /// If a variable is not text, or one of them or the token's file cannot be used.
    pub fn from_env() -> Result<Self, HubError> {
        let lookup = |name: &str| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(HubError::variable(name, "is not UTF-8")),
        };
        Self::from_vars(lookup, std::env::home_dir().as_deref())
    }

    /// As [`from_env`](Self::from_env), with variables from `lookup` and `home` as the home folder.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env), and whatever `lookup` reports.
    pub fn from_vars(
        lookup: impl Fn(&str) -> Result<Option<String>, HubError>,
        home: Option<&Path>,
    ) -> Result<Self, HubError> {
        let vars = Vars { lookup, home };
        let hf_home = match (vars.path("HF_HOME")?, vars.path("XDG_CACHE_HOME")?, home) {
            (Some(path), ..) => path,
            (None, Some(cache), _) => cache.join("huggingface"),
            (None, None, Some(home)) => home.join(".cache/huggingface"),
            (None, None, None) => {
                return Err(HubError::variable("HF_HOME", "is not set, and there is no home folder to take its place"));
            }
        };
        let cache = match vars.path("HF_HUB_CACHE")? {
            Some(path) => path,
            None => vars.path("HUGGINGFACE_HUB_CACHE")?.unwrap_or_else(|| hf_home.join("hub")),
        };
        let endpoint = vars.text("HF_ENDPOINT")?.unwrap_or_else(|| ENDPOINT.to_owned());
        let token = if vars.flag("HF_HUB_DISABLE_IMPLICIT_TOKEN")? { None } else { vars.token(&hf_home)? };
        let mut settings = Self::new(endpoint.trim_end_matches('/'), cache);
        settings.token = token;
        let offline = if vars.text("HF_HUB_OFFLINE")?.is_some() { "HF_HUB_OFFLINE" } else { "TRANSFORMERS_OFFLINE" };
        settings.offline = vars.flag(offline)?;
        if let Some(seconds) = vars.text("HF_HUB_DOWNLOAD_TIMEOUT")? {
            let seconds = seconds.trim().parse().ok().filter(|&seconds: &u64| seconds > 0);
            let problem = || HubError::variable("HF_HUB_DOWNLOAD_TIMEOUT", "is not a whole number of seconds above 0");
            settings.timeout = Duration::from_secs(seconds.ok_or_else(problem)?);
        }
        Ok(settings)
    }

    /// The endpoint as an address.
    pub(crate) fn endpoint(&self) -> Result<Uri, HubError> {
        let problem = "is not an address such as https://huggingface.co";
        let uri: Uri = self.endpoint.parse().map_err(|_| HubError::variable("HF_ENDPOINT", problem))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let web = matches!(uri.scheme_str(), Some("http" | "https"));
        // A password in the address would be in every message.
        if !web || authority.is_empty() || authority.contains('@') || uri.query().is_some() {
            return Err(HubError::variable("HF_ENDPOINT", problem));
        }
        Ok(uri)
    }
}

struct Vars<'a, F> {
    lookup: F,
    home: Option<&'a Path>,
}

impl<F: Fn(&str) -> Result<Option<String>, HubError>> Vars<'_, F> {
    /// A variable that is set and not empty.
    fn text(&self, name: &str) -> Result<Option<String>, HubError> {
        Ok((self.lookup)(name)?.filter(|value| !value.is_empty()))
    }

    fn flag(&self, name: &str) -> Result<bool, HubError> {
        let value = self.text(name)?.unwrap_or_default();
        Ok(["1", "on", "yes", "true"].contains(&value.to_lowercase().as_str()))
    }

    /// A path, with `~` and `$NAME` replaced.
    fn path(&self, name: &str) -> Result<Option<PathBuf>, HubError> {
        let home = || self.home.and_then(Path::to_str);
        let variable = |name: &str| self.text(name).ok().flatten();
        Ok(self
            .text(name)?
            .map(|text| PathBuf::from(shellexpand::full_with_context_no_errors(&text, home, variable).into_owned())))
    }

    fn token(&self, hf_home: &Path) -> Result<Option<Token>, HubError> {
        for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
            if let Some(token) = Token::new(&self.text(name)?.unwrap_or_default(), name)? {
                return Ok(Some(token));
            }
        }
        let path = self.path("HF_TOKEN_PATH")?.unwrap_or_else(|| hf_home.join("token"));
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Token::new(&text, path.display().to_string())?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HubError::io("read", &path)(error)),
        }
    }
}
