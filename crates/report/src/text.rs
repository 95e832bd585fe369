//! The table for a terminal: one column a run, no colour.

use std::fmt;

use crate::table::{Section, table};
use crate::visible::visible;
use crate::{Report, Run};

/// A report as plain text: the table, and what the comparison came to. Given by [`Report::text`].
#[derive(Debug)]
pub struct Text<'a>(pub(crate) &'a Report);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sections = table(self.0);
        write_table(f, self.0, &sections)?;
        let Some(comparison) = &self.0.comparison else { return Ok(()) };
        let verdict = &comparison.verdict;
        writeln!(f, "\n{}", visible(&verdict.headline))?;
        let excluded = verdict.excluded.iter().map(|excluded| &excluded.why);
        let reasons = verdict.reasons.iter().map(|reason| &reason.text);
        for text in excluded.chain(reasons) {
            writeln!(f, "  · {}", visible(text))?;
        }
        for text in &verdict.caveats {
            writeln!(f, "  ! {}", visible(text))?;
        }
        Ok(())
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, report: &Report, sections: &[Section]) -> fmt::Result {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    let cell = |text: &Option<String>, best: bool| {
        format!("{}{}", text.as_deref().unwrap_or("–"), if best { " *" } else { "  " })
    };
    let label = rows().map(|row| width(&row.label)).max().unwrap_or(0);
    let widths: Vec<usize> = (report.runs.iter().enumerate())
        .map(|(i, run)| {
            let cells = rows().map(|row| width(&cell(&row.cells[i], row.best[i])));
            cells.max().unwrap_or(0).max(width(&name(run)) + 2)
        })
        .collect();
    write!(f, "{:label$}", "")?;
    for (run, width) in report.runs.iter().zip(&widths) {
        write!(f, "  {:>width$}", format!("{}  ", name(run)))?;
    }
    for row in rows() {
        write!(f, "\n{:label$}", row.label)?;
        for (i, width) in widths.iter().enumerate() {
            write!(f, "  {:>width$}", cell(&row.cells[i], row.best[i]))?;
        }
    }
    writeln!(f, "{}", if report.runs.len() > 1 { "\n* the best of its row" } else { "" })
}

/// A run's name in one line.
fn name(run: &Run) -> String {
    visible(&run.name).replace(['\n', '\t'], " ")
}

/// Columns of a text, as the formatting of the standard library counts them too.
fn width(text: &str) -> usize {
    text.chars().count()
}
