//! `host schema`.

use std::process::ExitCode;

use graftwork::Host;
use serde_json::json;

use super::Done;
use crate::args::SchemaArgs;
use crate::output;

/// The schema is JSON as it is; `--json` has it on one line.
pub(super) fn schema(args: &SchemaArgs, as_json: bool) -> Done {
    if args.markdown {
        let text = graftwork::reference();
        if as_json { output::json(&json!({ "markdown": text }))? } else { output::line(text.trim_end())? }
    } else {
        // No plugin is loaded where none is asked for.
        let schema = match args.strategy.as_slice() {
            [] => graftwork::schema(),
            plugins => Host::new()?.schema(plugins)?,
        };
        if as_json {
            output::json(&schema)?;
        } else {
            output::line(&serde_json::to_string_pretty(&schema).map_err(std::io::Error::from)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
