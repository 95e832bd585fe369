//! Numbers as people read them.

pub(crate) use graftwork::report::number::{bytes, count};
use graftwork::{SpikeReport, Watched};

/// Text on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How much of all is done, in percent.
pub(crate) fn share(done: u64, all: u64) -> String {
    let percent = if all == 0 { 100.0 } else { 100.0 * done as f64 / all as f64 };
    format!("{percent:.0} %")
}

/// Seconds as a clock shows them: `1:23:45`, `4:05`.
pub(crate) fn clock(seconds: f64) -> String {
    let all = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// What others have written, a model or a plugin, as a terminal may show it: what moves its cursor or names its window is none of their
/// business.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "\u{fffd}")
}

/// A learning rate: `0.0002` as `2e-4`, cut to three digits.
pub(crate) fn rate(value: f64) -> String {
    let text = format!("{value:.2e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    if value == 0.0 { "0".to_owned() } else { format!("{digits}e{exponent}") }
}

/// A loss where there is one.
pub(crate) fn loss(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{v:.4}"))
}

/// Loss, perplexity, accuracy and F1, whichever there are.
pub(crate) fn measured(evaluation: &graftwork::Evaluation) -> String {
    let mut text = format!("loss {:.4}", evaluation.loss);
    if let Some(perplexity) = evaluation.perplexity {
        text += &format!(", perplexity {perplexity:.2}");
    }
    text += &format!(", accuracy {:.2} %", 100.0 * evaluation.accuracy);
    if let Some(f1) = &evaluation.f1 {
        text += &format!(", F1 {:.4}", f1.macro_mean);
    }
    text
}

/// What stands out, what was expected, and of which samples: the first, and how many more.
pub(crate) fn spike(report: &SpikeReport) -> String {
    let what = match report.what {
        Watched::Loss => "loss",
        Watched::GradNorm => "gradient norm",
    };
    let SpikeReport { value, expected, deviation, samples, .. } = report;
    let samples = match samples.as_slice() {
        [] => String::new(),
        [one] => format!(", at {one}"),
        [first, more @ ..] => format!(", at {first} and {} more", more.len()),
    };
    format!("spike: {what} {value:.4} where {expected:.4} ± {deviation:.4} was expected{samples}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(rate(2e-4), "2e-4");
        assert_eq!([rate(1.5e-5), rate(0.0), rate(1e-10), rate(1.25e-4)], ["1.5e-5", "0", "1e-10", "1.25e-4"]);
        assert_eq!(loss(None), "–");
        assert_eq!((share(1, 3), share(0, 0)), ("33 %".to_owned(), "100 %".to_owned()));
        assert_eq!((clock(4.6), clock(65.0), clock(3725.0)), ("0:05".into(), "1:05".into(), "1:02:05".into()));
    }

    #[test]
    fn what_others_write_cannot_steer_a_terminal() {
        assert_eq!(harmless("a\tb\n\u{1b}]0;mine\u{7}\u{9b}2J\r"), "a\tb\n\u{fffd}]0;mine\u{fffd}\u{fffd}2J\u{fffd}");
    }

    #[test]
    fn a_spike_is_a_line() {
        let samples = ["a.jsonl:3", "a.jsonl:9", "b.jsonl:1"].map(str::to_owned).to_vec();
        let report =
            SpikeReport { step: 7, what: Watched::GradNorm, value: 9.5, expected: 1.25, deviation: 0.125, samples };
        let expected = "spike: gradient norm 9.5000 where 1.2500 ± 0.1250 was expected, at a.jsonl:3 and 2 more";
        assert_eq!(spike(&report), expected);
    }
}
