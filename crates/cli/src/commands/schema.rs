//! `host schema`.

use std::process::ExitCode;

use graftwork::Host;

use super::Done;
use crate::args::SchemaArgs;
use crate::output;

pub(super) fn schema(args: &SchemaArgs) -> Done {
    let text = if args.markdown {
        graftwork::reference()
    } else {
        // No plugin is loaded where none is asked for.
        let schema = match args.strategy.as_slice() {
            [] => graftwork::schema(),
            plugins => Host::new()?.schema(plugins)?,
        };
        serde_json::to_string_pretty(&schema).map_err(std::io::Error::from)?
    };
    output::line(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
