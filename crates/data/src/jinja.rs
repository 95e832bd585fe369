//! Jinja as chat templates know it: trimmed blocks, loop controls, Python's string methods, tests and numbers,
//! `raise_exception` and Python's `tojson` (Transformers, `utils/chat_template_utils.py`).

use std::fmt::Write as _;

use chrono::DateTime;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, Value, escape_formatter, filters};
use minijinja_contrib::pycompat;

use crate::python_json::{float, to_json};

/// The steps that one rendering may take, each of which is an instruction or 64 bytes that are built: a template is a program
/// out of somebody's file, and need not end. A conversation of a thousand messages takes less than a hundredth.
const FUEL: u64 = 1 << 23;
/// Items of all lists and mappings in a value that is written out.
const ITEMS: usize = 1 << 20;

/// An environment without templates, and without a clock.
pub(crate) fn environment() -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_fuel(Some(FUEL));
    minijinja_contrib::add_to_environment(&mut env);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    env.set_unknown_method_callback(call_method);
    env.set_formatter(write_value);
    env.add_filter("tojson", |value: &Value, options: Kwargs| {
        bounded(value)?;
        to_json(value, options)
    });
    env.add_filter("string", |state: &State<'_, '_>, value: &Value| {
        bounded(value)?;
        filters::string(state, value)
    });
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_test("iterable", is_iterable);
    env.add_test("sequence", is_sequence);
    env.add_function("raise_exception", |message: String| -> Result<(), Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    Ok(env)
}

/// Python's methods of texts, lists and mappings.
fn call_method(state: &mut State<'_, '_>, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let (Some(text), Some(affix)) = (value.as_str(), arguments.first().and_then(Value::as_str)) else {
        return pycompat::unknown_method_callback(state, value, method, arguments);
    };
    match method {
        "removeprefix" => Ok(text.strip_prefix(affix).unwrap_or(text).into()),
        "removesuffix" => Ok(text.strip_suffix(affix).unwrap_or(text).into()),
        _ => pycompat::unknown_method_callback(state, value, method, arguments),
    }
}

/// Jinja's filter, whose arguments may be given by their names.
fn default(value: Value, given: Rest<Value>, named: Kwargs) -> Result<Value, Error> {
    let argument = |at: usize, name: &str| match given.get(at) {
        Some(given) => Ok(Some(given.clone())),
        None if named.has(name) => named.get(name).map(Some),
        None => Ok(None),
    };
    let other = argument(0, "default_value")?.unwrap_or_else(|| "".into());
    let boolean = argument(1, "boolean")?.is_some_and(|boolean| boolean.is_true());
    named.assert_all_used()?;
    Ok(if value.is_undefined() || boolean && !value.is_true() { other } else { value })
}

/// Jinja's test: what Python can iterate over. Nothing, `none`, is not; something undefined is, as nothing.
fn is_iterable(value: &Value) -> bool {
    !value.is_none() && value.try_iter().is_ok()
}

/// Jinja's test: what has a length and items in Python, which texts and mappings do too.
fn is_sequence(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::String | ValueKind::Seq | ValueKind::Map | ValueKind::Undefined)
}

/// Numbers with a point as Python prints them. Those in a list that is printed whole are not reached: there a very large
/// or small one has an exponent in Rust's spelling, `1e-7` for `1e-07`.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match f64::try_from(value.clone()) {
        Ok(number) if value.is_number() && !value.is_integer() => Ok(out.write_str(&float(number))?),
        _ => {
            bounded(value)?;
            escape_formatter(out, state, value)
        }
    }
}

/// Refuses to write out what has more items than a rendering may take steps. Lists that are added to lists are not built by that, and
/// so cost nothing until all of their items are wanted.
fn bounded(value: &Value) -> Result<(), Error> {
    // Most of what a template writes is text, which is there already.
    if items(value).is_none() {
        return Ok(());
    }
    let mut left = ITEMS;
    let mut open = vec![value.clone()];
    while let Some(value) = open.pop() {
        let Some(count) = items(&value) else { continue };
        left = left.checked_sub(count).ok_or_else(|| Error::new(ErrorKind::OutOfFuel, "the list is too long"))?;
        let items = value.try_iter()?;
        match value.kind() {
            ValueKind::Map => open.extend(items.filter_map(|key| value.get_item(&key).ok())),
            _ => open.extend(items),
        }
    }
    Ok(())
}

/// How many items a list or mapping has, where it says so.
fn items(value: &Value) -> Option<usize> {
    match value.kind() {
        ValueKind::String | ValueKind::Bytes => None,
        _ => value.len(),
    }
}

/// A time in seconds since 1970, UTC, as C's `strftime` writes it.
pub(crate) fn strftime(unix_seconds: i64, format: &str) -> Result<String, Error> {
    let bad = |problem: &'static str| Error::new(ErrorKind::InvalidOperation, problem);
    let time = DateTime::from_timestamp(unix_seconds, 0).ok_or_else(|| bad("the date is out of range"))?;
    let mut text = String::new();
    write!(text, "{}", time.format(format)).map_err(|_| bad("strftime_now: unknown format"))?;
    Ok(text)
}
