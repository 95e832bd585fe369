//! Colours: few, and only on a terminal that wants them, unless `--color` says otherwise.
//!
//! `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM=dumb` mean what they mean everywhere.

use std::io;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use clap::builder::Styles;

/// What went wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What a person should know.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// That something is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The name of what stands beside it.
pub(crate) const LABEL: Style = Style::new().bold();

/// How help looks.
pub(crate) const HELP: Styles = Styles::styled()
    .header(LABEL)
    .usage(LABEL)
    .literal(AnsiColor::Cyan.on_default())
    .error(ERROR)
    .valid(GOOD)
    .invalid(WARNING);

/// When there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl When {
    /// Holds for all output from here on.
    pub(crate) fn apply(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }

    /// What a command line says that could not be parsed; what it says of colours may be the only part that can.
    pub(crate) fn of(arguments: &[String]) -> Self {
        let after = |flag: &str| {
            let at = arguments.iter().position(|argument| argument == flag)?;
            arguments.get(at + 1).map(String::as_str)
        };
        let given = arguments.iter().find_map(|argument| argument.strip_prefix("--color="));
        let given = given.or_else(|| after("--color")).unwrap_or_default();
        Self::from_str(given, false).unwrap_or_default()
    }
}

/// Whether a stream shows colours.
pub(crate) fn is_coloured(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Text for standard output.
pub(crate) fn out(style: Style, text: &str) -> String {
    paint(style, text, is_coloured(&io::stdout()))
}

/// Text for standard error.
pub(crate) fn err(style: Style, text: &str) -> String {
    paint(style, text, is_coloured(&io::stderr()))
}

fn paint(style: Style, text: &str, coloured: bool) -> String {
    if coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A line of a report, with its label to stand out: what is in the first ten columns, where the rest begins in the eleventh.
pub(crate) fn labelled(line: &str) -> String {
    const WIDTH: usize = 10;
    match line.split_at_checked(WIDTH) {
        Some((label, rest)) if label.ends_with(' ') && label.starts_with(char::is_alphabetic) => {
            let name = label.trim_end();
            format!("{}{}{rest}", out(LABEL, name), &label[name.len()..])
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_wrap_a_text_and_nothing_else() {
        assert_eq!(paint(ERROR, "error", true), "\u{1b}[1m\u{1b}[31merror\u{1b}[0m");
        assert_eq!(paint(ERROR, "error", false), "error");
    }

    #[test]
    fn a_command_line_that_is_wrong_still_says_when() {
        let when = |line: &str| When::of(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(when("host run --color never --bad"), When::Never);
        assert_eq!(when("host run --color=always"), When::Always);
        for none in ["host run", "host --color", "host --color=blue", "host --color blue"] {
            assert_eq!(when(none), When::Auto, "{none}");
        }
    }
}
