//! Whether a command printed what its document shows.
//!
//! `…` stands for anything, on a line by itself for any lines. How long something took, how fast it was and what memory it
//! needed differ from machine to machine, and of other measured numbers the last digits do.

/// How far a number with a decimal point may be from what the document has.
const TOLERANCE: f64 = 0.02;

/// Units of what depends on the machine.
const UNITS: [&str; 8] = ["ms", "s", "min", "tokens/s", "KiB", "MiB", "GiB", "KB"];

/// Finds the first line that is shown and was not printed.
pub(crate) fn compare(shown: &str, printed: &str) -> Result<(), Difference> {
    // On a slow machine there are signs of life, which nobody shows.
    let told = |line: &&str| !line.is_empty() && !line.ends_with(" s so far");
    let printed: Vec<&str> = printed.lines().map(str::trim_end).filter(told).collect();
    let shown: Vec<(usize, &str)> =
        shown.lines().map(str::trim_end).enumerate().filter(|(_, line)| !line.is_empty()).collect();
    let mut next = 0;
    let mut anywhere = false;
    for &(index, line) in &shown {
        if line.trim() == "…" {
            anywhere = true;
            continue;
        }
        let found = printed[next..].iter().position(|candidate| same(line, candidate));
        match found {
            Some(skipped) if anywhere || skipped == 0 => next += skipped + 1,
            _ => {
                return Err(Difference {
                    line: index,
                    shown: line.to_owned(),
                    printed: printed.get(next).map(|l| (*l).to_owned()),
                });
            }
        }
        anywhere = false;
    }
    match printed.get(next) {
        Some(more) if !anywhere => {
            Err(Difference { line: shown.len(), shown: String::new(), printed: Some((*more).to_owned()) })
        }
        _ => Ok(()),
    }
}

/// Where output and document part.
#[derive(Debug)]
pub(crate) struct Difference {
    /// Line within what is shown.
    pub(crate) line: usize,
    pub(crate) shown: String,
    pub(crate) printed: Option<String>,
}

fn same(shown: &str, printed: &str) -> bool {
    let (shown, printed): (Vec<&str>, Vec<&str>) =
        (shown.split_whitespace().collect(), printed.split_whitespace().collect());
    words(&shown, &printed)
}

/// Word by word; a `…` takes as many words as it needs.
fn words(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["…", rest @ ..], _) => (0..=printed.len()).any(|taken| words(rest, &printed[taken..])),
        ([word, rest @ ..], [other, others @ ..]) => {
            let unit = rest.first().is_some_and(|unit| UNITS.contains(&unit.trim_end_matches([',', '.', ';', ')'])));
            word_agrees(word, other, unit) && words(rest, others)
        }
        _ => false,
    }
}

fn word_agrees(shown: &str, printed: &str, measured: bool) -> bool {
    if let Some((head, rest)) = shown.split_once('…') {
        return printed.strip_prefix(head).is_some_and(|printed| ends(rest, printed));
    }
    if shown == printed {
        return true;
    }
    let (Some(a), Some(b)) = (number(shown), number(printed)) else { return false };
    measured || (shown.contains('.') && (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()))
}

/// Whether a word ends so, after anything.
fn ends(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => printed.ends_with(shown),
        Some((part, rest)) => printed.match_indices(part).any(|(at, _)| ends(rest, &printed[at + part.len()..])),
    }
}

/// The number that a word is, without what stands around it.
fn number(word: &str) -> Option<f64> {
    let bare = word.trim_matches(|c: char| !c.is_ascii_digit() && c != '-');
    bare.replace(',', "").parse().ok()
}
