//! What a person may give as data: folders, patterns, packed files, standard input; on a command line and in TOML.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{all, file, items, tokenizer};
use flate2::Compression;
use flate2::write::GzEncoder;
use graftwork_data::{DataOptions, DataSource, Dataset, EvalSplit, Format, Row, Weight, labels_of};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

fn options() -> DataOptions {
    DataOptions { eval: EvalSplit::NONE, ..DataOptions::default() }
}

/// A folder in which each file holds its own name as a text.
fn folder(names: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in names {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{{\"text\":\"{name}\"}}\n")).unwrap();
    }
    dir
}

/// The files that a source is read from, in their order, and the error if it cannot be.
fn files(dir: &TempDir, source: &str) -> Result<Vec<String>, String> {
    let root = format!("{}/", dir.path().display());
    let data = Dataset::load(&[dir.path().join(source).into()], &tokenizer(), &options());
    let data = data.map_err(|error| error.to_string().replace(&root, ""))?;
    let rows = all(data.train_rows());
    Ok(rows.iter().flat_map(Row::sources).map(|source| source.file.replace(&root, "")).collect())
}

#[test]
fn a_folder_is_every_data_file_below_it() {
    let dir = folder(&["b.jsonl", "a/z.json", "a/y.ndjson", "c.jsonl", ".hidden.jsonl", ".git/d.jsonl", "notes.pdf"]);
    assert_eq!(files(&dir, "").unwrap(), ["a/y.ndjson", "a/z.json", "b.jsonl", "c.jsonl"]);
    let none = folder(&["notes.pdf"]);
    assert_eq!(
        files(&none, ".").unwrap_err(),
        ".: no data file in this folder or below; one ends in .jsonl, .ndjson, .json, .csv, .tsv, .parquet, .txt or .md \
         (or these with .gz)"
    );
}

#[test]
fn a_pattern_is_every_file_that_it_matches() {
    let dir = folder(&["b.jsonl", "a.jsonl", "sub/c.jsonl", "sub/deep/d.jsonl", "a.json", ".e.jsonl"]);
    assert_eq!(files(&dir, "*.jsonl").unwrap(), ["a.jsonl", "b.jsonl"]);
    assert_eq!(files(&dir, "**/*.jsonl").unwrap(), ["a.jsonl", "b.jsonl", "sub/c.jsonl", "sub/deep/d.jsonl"]);
    assert_eq!(files(&dir, "[ab].json?").unwrap(), ["a.jsonl", "b.jsonl"]);
    assert_eq!(files(&dir, "*.csv").unwrap_err(), "*.csv: this pattern matches no file");
    assert_eq!(files(&dir, "[.jsonl").unwrap_err(), "[.jsonl: this pattern is none: invalid range pattern");
}

#[test]
fn a_file_is_no_pattern_whatever_its_name() {
    let dir = folder(&["a[1].jsonl", "a1.jsonl"]);
    assert_eq!(files(&dir, "a[1].jsonl").unwrap(), ["a[1].jsonl"]);
    assert!(files(&dir, "none.jsonl").unwrap_err().starts_with("none.jsonl: cannot read: "));
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_hold_what_they_do_unpacked() {
    for (name, content) in [
        ("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"),
        ("a.json", "[{\"text\":\"a\"},\n{\"text\":\"b\"}]"),
        ("a.csv", "prompt,completion\na,b\n"),
        ("a.txt", "some text\n"),
    ] {
        let (_plain, plain) = file(name, content);
        // Two members, one after the other, as `cat a.gz b.gz` makes them.
        let (first, second) = content.split_at(content.len() / 2);
        let (dir, packed) = file(&format!("{name}.gz"), [gzip(first), gzip(second)].concat());
        let same_line =
            |path: &Path| format!("{:?}", items(path, None).unwrap()).replace(&path.display().to_string(), "");
        assert_eq!(same_line(&packed), same_line(&plain));
        // What a file is packed with is seen in the file, not in its name.
        fs::copy(&packed, dir.path().join(name)).unwrap();
        assert_eq!(items(&dir.path().join(name), None).unwrap().len(), items(&plain, None).unwrap().len());
    }
    let mut cut = gzip("{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
    cut.truncate(cut.len() - 9);
    let (_dir, path) = file("a.jsonl.gz", cut);
    let error = items(&path, None).unwrap_err().to_string();
    assert!(error.contains("a.jsonl.gz: cannot read: "), "{error}");
}

#[test]
fn a_command_line_gives_a_path_and_a_weight() {
    let source = |text: &str| text.parse::<DataSource>().unwrap();
    assert_eq!(source("a.jsonl"), DataSource::from("a.jsonl"));
    let weight = Some(Weight::try_from(0.3).unwrap());
    assert_eq!(source("a=b/*.csv=0.3"), DataSource { weight, ..DataSource::from("a=b/*.csv") });
    assert_eq!(source("lr=low.jsonl"), DataSource::from("lr=low.jsonl"));
    assert_eq!(source("-=1"), DataSource { weight: Some(Weight::try_from(1.0).unwrap()), ..DataSource::from("-") });
    // What exists is a path.
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("label=1");
    fs::write(&odd, "").unwrap();
    assert_eq!(source(odd.to_str().unwrap()), DataSource::from(odd));
    for wrong in ["a.jsonl=0", "a.jsonl=1.5", "a.jsonl=-1", "a.jsonl=nan"] {
        let error = wrong.parse::<DataSource>().unwrap_err().to_string();
        assert!(
            error.starts_with("`weight`: the share of the rows that come from a source, above 0 and at most 1, is")
        );
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Section {
    files: Vec<DataSource>,
}

#[test]
fn toml_gives_paths_and_tables() {
    let text = r#"files = ["a.jsonl", { path = "b/*.csv", weight = 0.3, format = "alpaca" }, { path = "-" }]"#;
    let section: Section = toml::from_str(text).unwrap();
    let weight = Some(Weight::try_from(0.3).unwrap());
    let table = DataSource { path: "b/*.csv".into(), weight, format: Some(Format::Alpaca) };
    assert_eq!(section.files, ["a.jsonl".into(), table, "-".into()]);
    let written = toml::to_string_pretty(&section).unwrap();
    assert_eq!(toml::from_str::<Section>(&written).unwrap(), section, "{written}");
    let only_tables = Section { files: vec![section.files[1].clone()] };
    let written = toml::to_string_pretty(&only_tables).unwrap();
    assert_eq!(toml::from_str::<Section>(&written).unwrap(), only_tables, "{written}");

    let wrong = |text: &str| toml::from_str::<Section>(text).unwrap_err().to_string();
    assert!(
        wrong("files = [{ path = \"a\", wieght = 0.3 }]").contains("unknown field `wieght`, expected one of `path`")
    );
    assert!(wrong("files = [{ weight = 0.3 }]").contains("missing field `path`"));
    assert!(wrong("files = [{ path = \"a\", weight = 3 }]").contains("above 0 and at most 1, is 3"));
    assert!(wrong("files = [7]").contains("expected a path, or a table of `path`, `weight` and `format`"));
}

#[test]
fn each_source_may_be_of_a_format_of_its_own() {
    let (_a, a) = file("a.jsonl", "{\"text\":\"Emma\",\"prompt\":\"Who?\",\"completion\":\" Jane\"}");
    let (_b, b) = file("b.txt", "some text");
    let source = DataSource { format: Some(Format::JsonlText), ..DataSource::from(&a) };
    let data = Dataset::load(&[source, b.into(), a.into()], &tokenizer(), &options()).unwrap();
    let formats: Vec<_> = data.stats().sources.iter().map(|source| source.format).collect();
    assert_eq!(formats, [Format::JsonlText, Format::Text, Format::PromptCompletion]);
    assert_eq!(data.train_rows().len(), 3);
}

/// Names the format that the child is to read its standard input as.
const CHILD: &str = "GRAFTWORK_TEST_STDIN";

/// Not a test by itself: what the next one runs in a process of its own, which is how it has a standard input.
#[test]
#[allow(clippy::print_stdout, reason = "what it says is read by its parent")]
fn child_that_reads_standard_input() {
    let Ok(format) = std::env::var(CHILD) else { return };
    let format = (!format.is_empty()).then(|| format.parse().unwrap());
    // What it is, is looked for first, as for a run that names no task.
    let sources = ["-".into()];
    let loaded = labels_of(&sources, format).and_then(|labels| {
        let data = Dataset::load(&sources, &tokenizer(), &DataOptions { format, ..options() })?;
        Ok((data, labels))
    });
    match loaded {
        Ok((data, labels)) => {
            let preview = data.preview(&tokenizer(), 1).unwrap().remove(0);
            let labels = labels.map_or_else(String::new, |labels| format!(" {}", labels.join(",")));
            println!("<{} {} {}{labels}>", data.fingerprint(), data.stats().records, preview.source);
        }
        Err(error) => println!("<{error}>"),
    }
}

/// What the child says of this input.
fn piped(format: &str, input: &[u8]) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_reads_standard_input", "--nocapture"])
        .env(CHILD, format)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let said = output.split_once('<').unwrap_or_else(|| panic!("{output}")).1;
    said.split_once('>').unwrap().0.to_owned()
}

#[test]
fn a_dash_is_standard_input() {
    let lines = "{\"text\":\"Emma\"}\n{\"text\":\"Jane\"}\n";
    let (_dir, path) = file("a.jsonl", lines);
    let print = Dataset::load(&[path.into()], &tokenizer(), &options()).unwrap().fingerprint().to_owned();
    let expected = format!("{print} 2 standard input:1");
    assert_eq!(piped("", lines.as_bytes()), expected);
    assert_eq!(piped("", &gzip(lines)), expected);
    assert_eq!(piped("labelled", b"text,label\nEmma,a\nJane,b\n"), expected.replace(":1", ":2") + " a,b");
    assert_eq!(piped("", b"[{\"text\":\"Emma\"},{\"text\":\"Jane\"}]"), expected);
    assert_eq!(piped("jsonl-text", b"text\nEmma\nJane\n"), expected.replace(":1", ":2"));
    assert!(piped("text", b"Emma\n").ends_with(" 1 standard input:1"));
    assert!(piped("", b"Emma\n").starts_with("standard input: cannot tell what it holds; "));
    assert_eq!(piped("", b" \n"), "standard input: no records; the file is empty or blank");
}
