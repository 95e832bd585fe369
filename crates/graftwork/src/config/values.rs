//! Values against the schema: everything that is wrong with them, in words for a person.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use super::schema::{alternatives, child, choices, keys, properties, schema};
use crate::Error;

/// The most characters of a value that a message shows.
const SHOWN: usize = 60;

/// The schema, ready to check values.
pub(crate) struct Checker {
    pub(crate) schema: Value,
    validator: Validator,
}

/// What is wrong, at a place that is given as a JSON pointer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

impl Checker {
    pub(crate) fn new() -> Result<Self, Error> {
        let schema = schema();
        let built = jsonschema::options().build(&schema);
        let validator = built.map_err(|e| Error::setting("run.toml", format!("its schema: {e}")))?;
        Ok(Self { schema, validator })
    }

    /// Everything that is wrong with a value that stands for a whole `run.toml`.
    pub(crate) fn wrong(&self, value: &Value) -> Vec<Wrong> {
        let mut found = Vec::new();
        for error in self.validator.iter_errors(value) {
            self.tell(&error, &mut found);
        }
        found
    }

    fn tell(&self, error: &ValidationError<'_>, found: &mut Vec<Wrong>) {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => found.extend(unexpected.iter().map(|key| {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                let message = format!("unknown key {}{}", dotted(&pointer), self.instead_of(&dotted(&pointer), &[]));
                Wrong { pointer, message }
            })),
            Kind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let message = format!("{} needs the key `{key}`", dotted(pointer));
                found.push(Wrong { pointer: pointer.to_owned(), message });
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } if let Some(meant) = meant(context, pointer) => {
                for error in meant {
                    self.tell(error, found);
                }
            }
            _ => found.push(Wrong { pointer: pointer.to_owned(), message: self.mismatch(pointer, error.instance()) }),
        }
    }

    fn node<'a>(&self, mut steps: impl Iterator<Item = &'a str>) -> Option<&Value> {
        steps.try_fold(&self.schema, child)
    }

    /// Whether the key at a place takes text.
    pub(crate) fn takes_text(&self, pointer: &str) -> bool {
        self.node(pointer.split('/').skip(1)).is_some_and(|node| node["type"] == "string")
    }

    /// `1e3` for a key that takes whole numbers is one.
    pub(crate) fn whole(&self, steps: &[String], value: Value) -> Value {
        let is_whole = self.node(steps.iter().map(String::as_str)).is_some_and(|node| node["type"] == "integer");
        match value.as_f64() {
            Some(number) if is_whole && number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
            _ => value,
        }
    }

    /// That a value is not what its key takes.
    pub(crate) fn mismatch(&self, pointer: &str, value: &Value) -> String {
        let node = self.node(pointer.split('/').skip(1));
        let admitted = node.map_or_else(|| "left out".to_owned(), admitted);
        let mut message = format!("{} must be {admitted}, found {}", dotted(pointer), shown(value));
        let names = node.and_then(choices).unwrap_or_default();
        if let Some(text) = value.as_str()
            && let Some((near, _)) = names.into_iter().find(|(name, _)| nearness(name, text) > NEAR)
        {
            message += &format!("; did you mean \"{near}\"?");
        }
        message
    }

    /// The key that was meant by one that is unknown, of those of `run.toml` and some others, or what there is in its place.
    pub(crate) fn instead_of(&self, key: &str, others: &[String]) -> String {
        let (section, name) = in_section(key);
        let score = |known: &String| {
            let (other, known) = in_section(known);
            // The same name elsewhere is likelier meant than another name here.
            if known == name { 2.0 } else { nearness(known, name) + if other == section { 0.05 } else { 0.0 } }
        };
        let table = self.node(section.split('.').filter(|step| !step.is_empty()));
        let here: Vec<_> = table.and_then(table_of).into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let others = if section.is_empty() { others } else { &[] };
        let path = |name: &&str| if section.is_empty() { (*name).to_owned() } else { format!("{section}.{name}") };
        let elsewhere = keys(&self.schema).into_iter().map(|(known, _)| known);
        let known = here.iter().map(path).chain(elsewhere).chain(others.iter().cloned());
        let scores = known.map(|known| (score(&known), known));
        let best = scores.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(score, _)| *score > NEAR);
        if let Some((_, known)) = best {
            return format!("; did you mean {known}?");
        }
        let names: Vec<_> = here.into_iter().chain(others.iter().map(String::as_str)).collect();
        if names.is_empty() { String::new() } else { format!(" (there are: {})", names.join(", ")) }
    }
}

/// The keys of what is a table, or may be one.
fn table_of(node: &Value) -> Option<&Map<String, Value>> {
    properties(node).or_else(|| alternatives(node)?.iter().find_map(properties))
}

/// A key's section and its name there.
fn in_section(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

/// From here on one name is taken for another. Keys are more alike than the names of plugins.
const NEAR: f64 = 0.8;

/// How near two names are, up to 1.
fn nearness(one: &str, other: &str) -> f64 {
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    strsim::jaro_winkler(&plain(one), &plain(other))
}

/// Of the forms that a value may have, the only one that it can be meant as.
fn meant<'a>(forms: &'a [Vec<ValidationError<'static>>], pointer: &str) -> Option<&'a Vec<ValidationError<'static>>> {
    let here = |error: &ValidationError<'_>| error.instance_path().as_str() == pointer;
    let only = |is: &dyn Fn(&ValidationError<'_>) -> bool| {
        let mut fitting = forms.iter().filter(|errors| !errors.iter().any(is));
        fitting.next().filter(|_| fitting.next().is_none())
    };
    // One in which only something further down is wrong, or else one that is of the same type.
    only(&here).or_else(|| only(&|error| here(error) && matches!(error.kind(), Kind::Type { .. })))
}

/// A place as a person writes it: `train.warmup.steps`, `strategy.0.path`.
pub(crate) fn dotted(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let text = steps.collect::<Vec<_>>().join(".");
    if text.is_empty() { "it".to_owned() } else { text }
}

/// What a key takes, in words.
pub(crate) fn admitted(node: &Value) -> String {
    if let Some(choices) = choices(node) {
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        return format!("one of {}", names.join(", "));
    }
    if let Some(forms) = alternatives(node) {
        return forms.iter().map(admitted).collect::<Vec<_>>().join("; or ");
    }
    let number = |key| node.get(key).filter(|bound| bound.is_number());
    match node.get("type").and_then(Value::as_str) {
        Some("string") if node.get("pattern").is_some() && node.get("examples").is_some() => {
            let examples = node.get("examples").and_then(Value::as_array).into_iter().flatten();
            format!("text such as {}", examples.map(Value::to_string).collect::<Vec<_>>().join(", "))
        }
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => match node.get("items") {
            Some(entry) => format!("a list, each entry {}", admitted(entry)),
            None => "a list".to_owned(),
        },
        Some("object") => match properties(node) {
            Some(keys) => format!("a table of {}", keys.keys().map(String::as_str).collect::<Vec<_>>().join(", ")),
            None => "a table".to_owned(),
        },
        Some(kind) => {
            let what = if kind == "integer" { "a whole number" } else { "a number" };
            let bounds = [
                ("exclusiveMinimum", "above"),
                ("minimum", "from"),
                ("exclusiveMaximum", "below"),
                ("maximum", "up to"),
            ];
            // A bound that is none to a person is left out.
            let shown = |&&(key, _): &&(&str, &str)| kind != "integer" || node.get(key) != Some(&0.into());
            let bounds = bounds.iter().filter(shown).filter_map(|(key, word)| Some(format!("{word} {}", number(key)?)));
            format!("{what} {}", bounds.collect::<Vec<_>>().join(" and ")).trim_end().to_owned()
        }
        None => "anything".to_owned(),
    }
}

/// A value, on one line that is not too long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
