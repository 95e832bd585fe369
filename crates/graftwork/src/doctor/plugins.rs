//! Plugins: whether they run here, and in which languages they can be built.

use std::path::Path;

use graftwork_authoring::{AuthoringError, Tool, Toolchain};

use super::Finding;
use crate::{Host, Language};

pub(super) fn runtime() -> Finding {
    match Host::new() {
        Ok(_) => Finding::ok("plugins", "the WebAssembly runtime works"),
        Err(error) => Finding::problem("plugins", error.to_string(), []),
    }
}

/// What `host plugin build` would find for a plugin in the working folder.
pub(super) fn toolchain(language: Language) -> Finding {
    let Toolchain { tools, problem, .. } = Toolchain::find(language, Path::new("."));
    match problem {
        None => {
            let tool = |tool: &Tool| {
                let place = tool.path.display();
                tool.version.as_ref().map_or_else(|| place.to_string(), |version| format!("{version} ({place})"))
            };
            Finding::ok(language.name(), tools.iter().map(tool).collect::<Vec<_>>().join(", "))
        }
        Some(AuthoringError::MissingTool { tool, install, .. }) => {
            let of = if install.len() > 1 { " one of" } else { "" };
            Finding::missing(language.name(), format!("{tool} is not installed; install it with{of}"), install)
        }
        Some(other) => Finding::problem(language.name(), other.to_string(), []),
    }
}
