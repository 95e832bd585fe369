//! `explain`: what an error's code means and what to do.

use std::process::ExitCode;

use graftwork::Code;
use serde_json::{Value, json};

use super::Done;
use crate::explain::{Section, section, sections};
use crate::{output, style};

pub(crate) fn explain(code: Option<Code>, json: bool) -> Done {
    match code.and_then(section) {
        Some(one) if json => output::json(&json!({ "code": one.code, "title": one.title, "text": one.text }))?,
        Some(Section { code, title, text }) => {
            output::line(&style::out(style::LABEL, &format!("{code}: {title}")))?;
            output::line(&format!("\n{text}"))?;
        }
        None if json => {
            let all: Vec<Value> = sections().map(|one| json!({ "code": one.code, "title": one.title })).collect();
            output::json(&json!({ "codes": all }))?;
        }
        None => {
            for Section { code, title, .. } in sections() {
                output::labelled(&format!("{:<10}{title}", code.to_string()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
