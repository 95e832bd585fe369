//! What a document asks a reader to type: its blocks of shell commands, the output that it shows for them, and the
//! markers that say what cannot be tried here.
//!
//! A marker is an HTML comment right before a block, which no reader of the page sees:
//!
//! ```text
//! <!-- not run: why -->                  the commands are not run
//! <!-- run with FLAGS: why -->           each `host` command gets these flags besides
//! <!-- not compared: why -->             the output that is shown is not compared
//! ```

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A document's blocks, in order.
pub(crate) struct Document {
    /// Path from the repository's root.
    pub(crate) path: PathBuf,
    pub(crate) blocks: Vec<Block>,
}

/// Commands that stand together.
pub(crate) struct Block {
    /// Line of the first command.
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) treatment: Treatment,
    /// What the document says that they print.
    pub(crate) shown: Option<Shown>,
}

/// What is done with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    Run,
    /// With flags besides.
    RunWith(String),
    /// Not at all, for a reason.
    Omitted(String),
}

/// Output as a document shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its first line.
    pub(crate) line: usize,
    pub(crate) text: String,
}

enum Marker {
    Treatment(Treatment),
    NotCompared,
}

impl Document {
    pub(crate) fn read(root: &Path, path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(root.join(path)).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::parse(path, &text)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let problem = |at: usize, what: &str| format!("{}:{}: {what}", path.display(), line(text, at));
        let unused = |marker: Option<(usize, Marker)>| match marker {
            Some((at, _)) => Err(problem(at, "a marker that no block follows which has a use for it")),
            None => Ok(()),
        };
        let mut blocks: Vec<Block> = Vec::new();
        let mut marker: Option<(usize, Marker)> = None;
        // Whether nothing but a marker stands between the last commands and here.
        let mut follows = false;
        for (piece, range) in pieces(text) {
            match piece {
                Piece::Comment(comment) => {
                    if let Some(found) = Marker::parse(comment).map_err(|what| problem(range.start, &what))? {
                        unused(marker.replace((range.start, found)))?;
                    }
                }
                Piece::Code { info: "sh", content } => {
                    let (treatment, other) = match marker.take() {
                        Some((_, Marker::Treatment(treatment))) => (treatment, None),
                        other => (Treatment::Run, other),
                    };
                    unused(other)?;
                    let line = line(text, content.start);
                    blocks.push(Block { line, text: text[content].into(), treatment, shown: None });
                    follows = true;
                }
                Piece::Code { info, content } => {
                    let shows = follows && matches!(info, "" | "text" | "console");
                    match (blocks.last_mut().filter(|_| shows), marker.take()) {
                        (Some(_), Some((_, Marker::NotCompared))) => {}
                        (Some(block), None) => {
                            block.shown = Some(Shown { line: line(text, content.start), text: text[content].into() });
                        }
                        (_, other) => unused(other)?,
                    }
                    follows = false;
                }
                Piece::Other => {
                    unused(marker.take())?;
                    follows = false;
                }
            }
        }
        unused(marker)?;
        Ok(Self { path: path.to_owned(), blocks })
    }
}

impl Marker {
    /// The marker that a comment is, if it is one.
    fn parse(comment: &str) -> Result<Option<Self>, String> {
        let (head, reason) = comment.split_once(": ").unwrap_or((comment.trim_end_matches(':'), ""));
        let marker = match (head.trim(), head.trim().strip_prefix("run with ")) {
            (_, Some(flags)) => Self::Treatment(Treatment::RunWith(flags.to_owned())),
            ("not run", _) => Self::Treatment(Treatment::Omitted(reason.trim().to_owned())),
            ("not compared", _) => Self::NotCompared,
            _ => return Ok(None),
        };
        if reason.trim().is_empty() {
            return Err(format!("the marker `{comment}` gives no reason"));
        }
        Ok(Some(marker))
    }
}

enum Piece<'t> {
    /// The inside of an HTML comment.
    Comment(&'t str),
    Code {
        info: &'t str,
        content: Range<usize>,
    },
    Other,
}

/// A document's comments, fenced blocks and, as far as it matters, all else.
fn pieces(text: &str) -> Vec<(Piece<'_>, Range<usize>)> {
    let mut found = Vec::new();
    let mut code: Option<(Range<usize>, Option<Range<usize>>)> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => code = Some((range, None)),
            Event::Text(_) if code.is_some() => {
                if let Some((_, content)) = &mut code {
                    let start = content.as_ref().map_or(range.start, |content| content.start);
                    *content = Some(start..range.end);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((fence, content)) = code.take() {
                    let info = text[fence.clone()].lines().next().unwrap_or_default().trim_matches('`').trim();
                    let content = content.unwrap_or(fence.end..fence.end);
                    found.push((Piece::Code { info, content }, fence));
                }
            }
            Event::Html(_) => {
                let comment = text[range.clone()].trim().strip_prefix("<!--").and_then(|c| c.strip_suffix("-->"));
                found.push((comment.map_or(Piece::Other, |comment| Piece::Comment(comment.trim())), range));
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            _ => found.push((Piece::Other, range)),
        }
    }
    found
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
