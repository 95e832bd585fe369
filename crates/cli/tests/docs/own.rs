//! That what tries documents would see what is wrong with one.

use std::path::Path;

use libtest_mimic::{Failed, Trial};

use crate::document::Document;
use crate::{judge, output, shell};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("own::a_command_that_fails_is_named", a_command_that_fails_is_named),
        Trial::test("own::variables_folders_and_long_commands_last", variables_folders_and_long_commands_last),
        Trial::test("own::other_output_is_told", other_output_is_told),
        Trial::test("own::markers_have_reasons_and_blocks", markers_have_reasons_and_blocks),
        Trial::test("own::words_and_numbers_are_compared_as_such", words_and_numbers_are_compared_as_such),
    ]
}

fn result(text: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let document = Document::parse(Path::new("page.md"), text)?;
    let steps = shell::steps(&document)?;
    judge(&document, &steps, &shell::run(&steps, folder.path(), &[])?)
}

fn holds(is: bool, what: &str) -> Result<(), Failed> {
    if is { Ok(()) } else { Err(what.into()) }
}

/// The error has these parts.
fn refused(text: &str, parts: &[&str]) -> Result<(), Failed> {
    let Err(said) = result(text) else { return Err(format!("went through: {text}").into()) };
    match parts.iter().find(|part| !said.contains(**part)) {
        Some(missing) => Err(format!("`{missing}` is not in: {said}").into()),
        None => Ok(()),
    }
}

fn a_command_that_fails_is_named() -> Result<(), Failed> {
    let page = "# A\n\n```sh\necho fine\necho oh; ls /nowhere/at/all\necho never\n```\n";
    refused(page, &["page.md:5", "oh", "nowhere/at/all"])?;
    refused("```sh\nfalse | true\n```\n", &["page.md:2", "false | true"])?;
    refused("```sh\necho $unset\n```\n", &["page.md:2", "unset"])?;
    refused("```sh\necho 'open\n```\n", &["page.md:2", "without an end"])
}

fn variables_folders_and_long_commands_last() -> Result<(), Failed> {
    let page = "```sh\nmkdir a && cd a\nx=1 # one\n```\n\nText.\n\n```sh\ncat > f <<'E'\nfoo \\\nE\n\
                for i in 1 2; do\n  echo \"$x\" \\\n    $i\ndone\ncat ../a/f\n```\n\n```\n1 1\n1 2\nfoo \\\n```\n";
    Ok(result(page)?)
}

fn other_output_is_told() -> Result<(), Failed> {
    let page = |shown: &str| format!("```sh\necho one; echo two\necho three\n```\n\n```console\n{shown}\n```\n");
    for shown in ["one\ntwo\nthree", "…\nthree", "one\n…", "o…\nt…o\n…", "…"] {
        result(&page(shown))?;
    }
    refused(&page("one\nfour\nthree"), &["page.md:8", "four", "two"])?;
    refused(&page("one\ntwo"), &["three"])?;
    refused(&page("one\ntwo\nthree\nfour"), &["page.md:10", "four", "nothing more"])?;
    refused(&page("two\nthree"), &["page.md:7", "two", "one"])?;
    let marked = "```sh\necho one\n```\n\n<!-- not compared: it is drawn -->\n\n```\ntwo\n```\n";
    Ok(result(marked)?)
}

fn markers_have_reasons_and_blocks() -> Result<(), Failed> {
    result("<!-- not run: there is no such thing -->\n```sh\nfalse\n```\n")?;
    result("<!-- any comment -->\n\n```sh\ntrue\n```\n")?;
    result("<!-- run with --x: as here -->\n```sh\necho() { true; }\necho 1\n```\n\n```\nnot compared\n```\n")?;
    refused("<!-- not run -->\n```sh\nfalse\n```\n", &["page.md:1", "no reason"])?;
    refused("<!-- not run: -->\n```sh\nfalse\n```\n", &["page.md:1", "no reason"])?;
    refused("<!-- not run: why -->\n\nText.\n\n```sh\nfalse\n```\n", &["page.md:1", "no block"])?;
    refused("<!-- not run: why -->\n", &["page.md:1", "no block"])?;
    refused("```sh\ntrue\n```\n\n<!-- not run: why -->\n\n```\nx\n```\n", &["page.md:5", "no block"])
}

fn words_and_numbers_are_compared_as_such() -> Result<(), Failed> {
    let agrees = |shown, printed| output::compare(shown, printed).is_ok();
    holds(agrees("loss 4.3521, perplexity 77.64", "loss  4.3522, perplexity 77.65"), "last digits")?;
    holds(!agrees("loss 4.3521", "loss 4.5521"), "another loss")?;
    holds(!agrees("42 adapters", "43 adapters"), "another count")?;
    holds(!agrees("1,024 rows", "1,025 rows"), "another count of thousands")?;
    holds(agrees("100 steps in 50.7 s, 2404 tokens/s", "100 steps in 9 s, 13,000 tokens/s"), "another machine")?;
    holds(!agrees("100 steps in 50.7 s", "90 steps in 50.7 s"), "another number of steps")?;
    holds(!agrees("saved in a", "saved in b"), "another word")?;
    holds(agrees("in …/a-…, b", "in /x/y/a-1, b"), "parts of a word left out")?;
    holds(!agrees("in …/a-…, b", "in /x/y/b-1, b"), "the other parts of it")
}
