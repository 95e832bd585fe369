//! What the errors' codes mean, out of the book that comes with the program.

use graftwork::Code;

/// `docs/errors.md` is a link to it.
const BOOK: &str = include_str!("explain/errors.md");

/// One code's part of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) code: Code,
    /// What it means, in a few words.
    pub(crate) title: &'static str,
    /// What it means, where it comes from, what to do, and what it looks like.
    pub(crate) text: &'static str,
}

/// All sections, in the order of the book.
pub(crate) fn sections() -> impl Iterator<Item = Section> {
    BOOK.split("\n## ").skip(1).filter_map(|part| {
        let (heading, text) = part.split_once('\n')?;
        let (code, title) = heading.split_once(": ")?;
        // The heading of an area, which stands above its codes, ends the section before it.
        let text = text.split("\n# ").next()?.trim();
        Some(Section { code: code.parse().ok()?, title, text })
    })
}

/// The section of a code.
pub(crate) fn section(code: Code) -> Option<Section> {
    sections().find(|section| section.code == code)
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_section_and_every_section_a_code() {
        let headings = BOOK.lines().filter(|line| line.starts_with("## ")).count();
        let explained: Vec<Code> = sections().map(|section| section.code).collect();
        assert_eq!(explained, Code::ALL, "in the order of their numbers, each once");
        assert_eq!(headings, explained.len(), "no heading is of anything else");
    }

    #[test]
    fn every_section_says_where_it_comes_from_and_what_to_do() {
        for Section { code, title, text } in sections() {
            assert!(!title.is_empty() && !title.ends_with('.'), "{code}: {title}");
            let meaning = text.split("\n\n").next().expect("a paragraph");
            assert!(meaning.ends_with('.') && !meaning.starts_with("**"), "{code}: {meaning}");
            for part in ["\n**Usual causes:** ", "\n**What to do:** ", "\n```text\n"] {
                assert_eq!(text.matches(part).count(), 1, "{code} has no{part}or two");
            }
            let example =
                text.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("an example");
            let begins = format!("error[{code}]: ");
            assert!(example.starts_with(&begins) || code == Code::Usage || code == Code::Stopped, "{code}: {example}");
        }
    }
}
