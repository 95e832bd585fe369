//! One page that needs nothing else: no network, no font, no script of others.
//!
//! The page's style and script are the same in all reports, and its policy names their hashes: whatever text of a model or a plugin
//! were to come into the page as markup, the browser would not run it, nor load anything for it.

mod chart;
mod curves;
mod facts;
mod page;
mod reduce;
mod scale;
mod told;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, HtmlEscape, context};

use crate::number::count;
use crate::visible::visible;
use crate::{Report, ReportError};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Hashes of the style and the script, as a content security policy names them; a test says which they are.
const STYLE_HASH: &str = "sha256-Mk9P80Gz5Mma7ErJmVXYy4ZhS/ScpKmzF4/iLuGKRBc=";
const SCRIPT_HASH: &str = "sha256-cJKvURr6pnFeZk+bafUQFR9tt9mdTd45WCNmuMZziSo=";

/// The page of a report.
pub(crate) fn html(report: &Report) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_formatter(|out, state, value| match value.as_str() {
        // Text is escaped, and what of it cannot be seen is shown.
        Some(text) if !value.is_safe() => minijinja::escape_formatter(out, state, &Value::from(visible(text))),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.add_filter("prose", prose);
    environment.add_filter("count", count);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    let policy = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"
    );
    let page = context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        policy => policy,
        page => Value::from(Serde(page::Page::new(report))),
    };
    Ok(environment.template_from_named_str("page.html", TEMPLATE)?.render(page)?)
}

/// A sentence in which `names` stand between backticks.
fn prose(text: &str) -> Value {
    let text = HtmlEscape(&visible(text)).to_string();
    let mut parts = text.split('`').peekable();
    let (mut html, mut inside) = (String::with_capacity(text.len()), false);
    while let Some(part) = parts.next() {
        match (inside, parts.peek().is_some()) {
            (true, true) => html.extend(["<code>", part, "</code>"]),
            // One without its partner is a character as others.
            (true, false) => html.extend(["`", part]),
            (false, _) => html.push_str(part),
        }
        inside = !inside;
    }
    Value::from_safe_string(html)
}
