//! `run.toml`: read, with every problem at its line; written, as a run's record.

use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use super::RunConfig;
use super::problem::{Problem, Problems};
use super::values::{Checker, Wrong};
use crate::Error;

impl RunConfig {
    /// Reads a `run.toml`.
    ///
    /// # Errors
    /// The file cannot be read; or a key is unknown, or a value is not what its key takes: all of these, each with its line.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| Error::setting(&name, format!("cannot be read: {e}")))?;
        Self::from_toml(&name, &text)
    }

    /// Reads the text of a `run.toml`; errors call it `name`.
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file).
    ///
    /// # Examples
    /// ```
    /// use graftwork::RunConfig;
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let config = RunConfig::from_toml(
    ///     "run.toml",
    ///     r#"
    ///     model = "models/SmolLM2-135M"
    ///
    ///     [[strategy]]
    ///     path = "lora"
    ///     config = { rank = 16 }
    ///
    ///     [train]
    ///     steps = 200
    ///     "#,
    /// )?;
    /// assert_eq!(config.strategy[0].config["rank"], 16);
    /// let error = RunConfig::from_toml("run.toml", "[train]\nstpes = 200").unwrap_err().to_string();
    /// assert!(error.starts_with("run.toml:2: ") && error.contains("train.steps"), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let refuse = |mut found: Vec<(usize, String)>| {
            found.sort();
            let problem = |(start, message)| Problem { place: format!("{name}:{}", line(text, start)), message };
            Err(Error::Configuration(Problems(found.into_iter().map(problem).collect())))
        };
        let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => return refuse(vec![(start(&error), error.message().to_owned())]),
        };
        let document = Document(table.get_ref());
        let (value, checker) = (document.value(), Checker::new()?);
        let wrong = checker.wrong(&value);
        if !wrong.is_empty() {
            let placed = |Wrong { pointer, message }: Wrong| (document.start(&pointer), message);
            return refuse(wrong.into_iter().map(placed).collect());
        }
        // What the schema cannot say, such as that 2.0 is no whole number.
        toml::from_str(text).or_else(|error| {
            let (start, pointer) = (start(&error), document.pointer(start(&error)));
            let found = value.pointer(&pointer).unwrap_or(&Value::Null);
            refuse(vec![(start, format!("{} ({})", checker.mismatch(&pointer, found), error.message()))])
        })
    }

    /// The configuration as `run.toml` has it.
    pub(crate) fn to_toml(&self) -> Result<String, Error> {
        toml::to_string_pretty(self).map_err(|e| Error::setting("run.toml", e.to_string()))
    }
}

/// The number of a line, from 1.
fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

/// What a file says, and where.
struct Document<'a>(&'a DeTable<'a>);

impl Document<'_> {
    fn value(&self) -> Value {
        table(self.0)
    }

    /// Where a key stands, or else the nearest thing around it.
    fn start(&self, pointer: &str) -> usize {
        let (mut start, mut at) = (0, Some(Node::Table(self.0)));
        for step in pointer.split('/').skip(1) {
            let Some((span, next)) = at.and_then(|node| node.child(step)) else { break };
            (start, at) = (span.start, next);
        }
        start
    }

    /// The key whose value stands at a place.
    fn pointer(&self, at: usize) -> String {
        let mut pointer = String::new();
        let mut node = Some(Node::Table(self.0));
        while let Some((step, next)) = node.and_then(|node| node.around(at)) {
            pointer = format!("{pointer}/{step}");
            node = next;
        }
        pointer
    }
}

/// What has parts.
#[derive(Clone, Copy)]
enum Node<'a> {
    Table(&'a DeTable<'a>),
    List(&'a [toml::Spanned<DeValue<'a>>]),
}

impl<'a> Node<'a> {
    fn of(value: &'a DeValue<'a>) -> Option<Self> {
        match value {
            DeValue::Table(table) => Some(Self::Table(table)),
            DeValue::Array(list) => Some(Self::List(list)),
            _ => None,
        }
    }

    /// A part by its name or number: where it begins, and what is in it.
    fn child(self, step: &str) -> Option<(Range<usize>, Option<Self>)> {
        match self {
            Self::Table(table) => {
                let (key, value) = table.iter().find(|(key, _)| key.get_ref().as_ref() == step)?;
                Some((key.span(), Self::of(value.get_ref())))
            }
            Self::List(list) => {
                let value = list.get(step.parse::<usize>().ok()?)?;
                Some((value.span(), Self::of(value.get_ref())))
            }
        }
    }

    /// The part that a place lies in.
    fn around(self, at: usize) -> Option<(String, Option<Self>)> {
        let part = |(name, value): (String, &'a toml::Spanned<DeValue<'a>>)| {
            let inner = Self::of(value.get_ref());
            // A table that has a heading spans no more than that; what is in it lies behind.
            let is_here = value.span().contains(&at) || inner.is_some_and(|inner| inner.around(at).is_some());
            is_here.then_some((name, inner))
        };
        match self {
            Self::Table(table) => table.iter().map(|(key, value)| (key.get_ref().to_string(), value)).find_map(part),
            Self::List(list) => list.iter().enumerate().map(|(i, value)| (i.to_string(), value)).find_map(part),
        }
    }
}

fn table(table: &DeTable<'_>) -> Value {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        (std::borrow::Cow::to_string(key.get_ref()), json(value.get_ref()))
    };
    Value::Object(table.iter().map(entry).collect::<Map<_, _>>())
}

/// A value of TOML as one of JSON; what JSON has not, as text.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.to_string()), Value::from),
        DeValue::Float(number) => {
            let parsed = number.as_str().parse().ok().and_then(Number::from_f64);
            parsed.map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(list) => list.iter().map(|value| json(value.get_ref())).collect(),
        DeValue::Table(inner) => table(inner),
    }
}
