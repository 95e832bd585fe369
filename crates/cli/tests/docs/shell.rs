//! Runs a document's commands one by one, in one bash: variables and the working folder last from block to block.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::document::{Block, Document, Treatment};

/// One command of a document.
pub(crate) struct Step<'d> {
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) block: &'d Block,
}

/// What came of a document's commands, as far as they got.
pub(crate) struct Outcome {
    /// What each command printed, on both streams, and how long it took.
    pub(crate) done: Vec<(String, Duration)>,
    /// Whether the last of them failed.
    pub(crate) failed: bool,
}

/// The commands that are to be run.
pub(crate) fn steps(document: &Document) -> Result<Vec<Step<'_>>, String> {
    let mut steps = Vec::new();
    for block in document.blocks.iter().filter(|block| !matches!(block.treatment, Treatment::Omitted(_))) {
        let mut command = String::new();
        let mut first = block.line;
        for (line, text) in (block.line..).zip(block.text.lines()) {
            if command.is_empty() {
                if text.trim().is_empty() || text.trim_start().starts_with('#') {
                    continue;
                }
                first = line;
            }
            command += text;
            command.push('\n');
            if !text.ends_with('\\') && is_whole(&command)? {
                steps.push(Step { line: first, text: std::mem::take(&mut command), block });
            }
        }
        if !command.is_empty() {
            return Err(format!("{}:{first}: a command without an end:\n{command}", document.path.display()));
        }
    }
    Ok(steps)
}

/// Whether bash takes these lines for commands that are complete. Of an open here-document it only warns.
fn is_whole(text: &str) -> Result<bool, String> {
    let checked = Command::new("bash").args(["-n", "-c", text]).output().map_err(|e| format!("bash: {e}"))?;
    Ok(checked.status.success() && checked.stderr.is_empty())
}

/// Runs them in `folder`, where `host` on the path is the program under test.
pub(crate) fn run(steps: &[Step<'_>], folder: &Path, environment: &[(&str, String)]) -> Result<Outcome, String> {
    let report = tempfile::tempdir().map_err(|e| e.to_string())?;
    let script = script(steps).map_err(|e| e.to_string())?;
    fs::write(report.path().join("script"), script).map_err(|e| e.to_string())?;
    let status = Command::new("bash")
        .arg(report.path().join("script"))
        .current_dir(folder)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("DOCS_REPORT", report.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .map_err(|e| format!("bash: {e}"))?;
    let times = fs::read_to_string(report.path().join("times")).unwrap_or_default();
    let times: Vec<f64> = times.lines().filter_map(|time| time.parse().ok()).collect();
    let output = |index: usize| fs::read(report.path().join(index.to_string())).unwrap_or_default();
    let done = times.windows(2).enumerate().map(|(index, span)| {
        (String::from_utf8_lossy(&output(index)).into_owned(), Duration::from_secs_f64((span[1] - span[0]).max(0.0)))
    });
    Ok(Outcome { done: done.collect(), failed: !status.success() })
}

/// A bash script that notes the time around each command, keeps what it prints, and ends where one fails.
fn script(steps: &[Step<'_>]) -> Result<String, std::fmt::Error> {
    let mut script = String::from(
        "set -euo pipefail\n\
         docs_time() { echo \"$EPOCHREALTIME\" >>\"$DOCS_REPORT/times\"; }\n\
         trap docs_time EXIT\n",
    );
    for (index, Step { text, block, .. }) in steps.iter().enumerate() {
        let with = if let Treatment::RunWith(flags) = &block.treatment { flags } else { "" };
        writeln!(script, "host() {{ command host \"$@\" {with}; }}")?;
        writeln!(script, "docs_time")?;
        writeln!(script, "{{\n{text}}} >\"$DOCS_REPORT/{index}\" 2>&1 </dev/null")?;
    }
    Ok(script)
}

/// Says what was run, for a log.
pub(crate) fn log(document: &Document, steps: &[Step<'_>], outcome: &Outcome) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for (step, (_, time)) in steps.iter().zip(&outcome.done) {
        let shown = step.text.lines().next().unwrap_or_default();
        writeln!(out, "{}:{}: {:.1} s: {shown}", document.path.display(), step.line, time.as_secs_f64())?;
    }
    Ok(())
}
