//! A report, and its documents.

use serde::{Deserialize, Serialize};

use crate::{Comparison, ReportError, Run, Text, html};

/// What a document is made from. As JSON it is all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What it is called.
    pub title: String,
    /// The runs, whose names differ.
    pub runs: Vec<Run>,
    /// What they came to together; its candidates are in the order of the runs.
    pub comparison: Option<Comparison>,
}

impl Report {
    /// One page with everything in it, which needs no network.
    ///
    /// # Errors
    /// If the page's template fails.
    pub fn html(&self) -> Result<String, ReportError> {
        html::html(self)
    }

    /// The table, and what the comparison came to, for a terminal.
    #[must_use]
    pub fn text(&self) -> Text<'_> {
        Text(self)
    }
}
