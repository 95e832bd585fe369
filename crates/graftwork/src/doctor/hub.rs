//! The Hugging Face Hub: where its cache is, and whether there is a token, which is never shown.

use graftwork_hub::Settings;

use super::Finding;
use super::machine::place;

pub(super) fn findings() -> Vec<Finding> {
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        // The message has the remedy in it.
        Err(error) => return vec![Finding::problem("hub", error.to_string(), [])],
    };
    let Settings { endpoint, cache, token, offline, .. } = settings;
    let way = if offline { "only from the cache: HF_HUB_OFFLINE is set" } else { "fetched when needed" };
    let token = match token {
        Some(token) => Finding::ok("token", format!("there is one, from {}", token.source())),
        None => {
            let found = "none; public models need none, gated and private ones do";
            Finding::missing("token", found, ["hf auth login".to_owned()])
        }
    };
    vec![Finding::ok("hub", format!("{endpoint}, {way}")), place("hub-cache", "HF_HOME", &cache), token]
}
