//! Model folders that were made to do harm: each ends in one line that says what is wrong, soon and without a large
//! allocation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{one_tensor, safetensors};
use graftwork_store::{ModelDir, SafetensorsFile};
use serde_json::json;
use tempfile::{TempDir, tempdir};

/// Far more than anything here takes, far less than what has no bound.
const SOON: Duration = Duration::from_secs(20);

/// The message with which a file is refused, once it is found to be one line that names the file.
#[track_caller]
fn refusal(path: &Path) -> String {
    let begun = Instant::now();
    let message = SafetensorsFile::open(path).unwrap_err().to_string();
    assert!(begun.elapsed() < SOON, "{message:.200}");
    assert!(message.contains(&path.display().to_string()), "{message:.200}");
    assert!(!message.chars().any(char::is_control), "{message:.200?}");
    assert!(message.len() < 10_000, "a message of {} bytes", message.len());
    message
}

#[track_caller]
fn refused(header: &str, data: &[u8], problem: &str) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("model.safetensors");
    fs::write(&path, safetensors(header, data)).unwrap();
    let message = refusal(&path);
    assert!(message.contains(problem), "`{problem}` is not in: {message:.300}");
}

fn entry(dtype: &str, shape: &str, from: u64, to: u64) -> String {
    format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{from},{to}]}}"#)
}

#[test]
fn lengths_that_lie() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("model.safetensors");
    for (length, problem) in [
        (1 << 63, "announce a header of 9223372036854775808 bytes"),
        (u64::MAX, "announce a header of 18446744073709551615 bytes"),
        (100_000_001, "100000000 are allowed"),
        (100_000_000, "is truncated: 100000008 bytes expected"),
        (0, "EOF while parsing"),
    ] {
        let mut bytes = one_tensor("a");
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        let message = refusal(&path);
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn headers_of_the_largest_size() {
    // A hundred million bytes of brackets, of spaces, of one name, of tensors that hold nothing, of one shape.
    const MOST: usize = 100_000_000;
    refused(&"[".repeat(MOST), &[], "not a safetensors file");
    refused(&" ".repeat(MOST), &[], "not a safetensors file");
    refused(&format!(r#"{{"{}":{}}}"#, "a".repeat(MOST - 100), entry("U8", "[1]", 0, 1)), &[0], "4096 are allowed");
    refused(&format!(r#"{{"a":{}}}"#, entry("U8", &format!("[{}1]", "1,".repeat(MOST / 2 - 50)), 0, 2)), &[0; 2], "");
    let mut many = String::with_capacity(MOST);
    for n in 0..1_000_000 {
        write!(many, r#"{}"{n}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, if n == 0 { '{' } else { ',' })
            .unwrap();
    }
    refused(&many, &[], "EOF");
    many.push('}');
    let dir = tempdir().unwrap();
    let path = dir.path().join("many.safetensors");
    fs::write(&path, safetensors(&many, &[])).unwrap();
    assert_eq!(SafetensorsFile::open(&path).unwrap().names().len(), 1_000_000, "many, but true");
}

#[test]
fn headers_that_contradict_themselves() {
    let a = |info: String| format!(r#"{{"a":{info}}}"#);
    let two = |a: String, b: String| format!(r#"{{"a":{a},"b":{b}}}"#);
    let cases = [
        (two(entry("F32", "[2]", 0, 8), entry("F32", "[2]", 4, 12)), "invalid offset"),
        (two(entry("F32", "[1]", 0, 4), entry("F32", "[1]", 8, 12)), "invalid offset"),
        (two(entry("F32", "[1]", 0, 4), entry("F32", "[1]", 0, 4)), "invalid offset"),
        (a(entry("F32", "[1]", 4, 8)), "invalid offset"),
        (a(entry("F32", "[1]", 8, 4)), "invalid offset"),
        (a(entry("U8", "[100]", 0, 100)), "is truncated"),
        (a(entry("U8", "[4]", 0, 4)), "its header describes"),
        (a(entry("F32", "[9223372036854775807,4]", 0, 12)), "overflow"),
        (a(entry("F64", "[2305843009213693952]", 0, 12)), "overflow"),
        (a(entry("U8", "[18446744073709551616]", 0, 12)), "expected usize"),
        (a(entry("F32", "[-1]", 0, 12)), "expected usize"),
        (a(entry("F32", "[1e2]", 0, 12)), "expected usize"),
        (a(entry("F32", "[NaN]", 0, 12)), "expected value"),
        (a(entry("F31", "[3]", 0, 12)), "unknown variant `F31`"),
        (a(entry("F31\\u001b[31m\\nerror: x", "[3]", 0, 12)), "unknown variant `F31\\u{1b}[31m\\nerror: x`"),
        (a(r#"{"dtype":"F32","shape":[3]}"#.to_owned()), "missing field"),
        (a(r#"{"dtype":"F32","shape":[3],"shape":[3],"data_offsets":[0,12]}"#.to_owned()), "duplicate field"),
        (format!(r#"{{"a":{0},"a":{0}}}"#, entry("F32", "[3]", 0, 12)), "\"a\" comes twice"),
        (
            format!(r#"{{"a":{},"\u0061":{}}}"#, entry("F32", "[1]", 0, 4), entry("F32", "[2]", 4, 12)),
            "\"a\" comes twice",
        ),
        (r#"{"__metadata__":{"format":3}}"#.to_owned(), "expected a string"),
        (r#"{"__metadata__":{"format":"pt"}}"#.to_owned(), "its header describes"),
        (format!(r#"{{"a":{}}}"#, "[".repeat(100_000)), "not a safetensors file"),
        (format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000)), "not a safetensors file"),
    ];
    for (header, problem) in cases {
        refused(&header, &[0; 12], problem);
    }
}

#[test]
fn names_are_words_and_never_paths_or_commands() {
    for name in [r"\u001b[2J", r"a\u0000b", r"a\nerror: b", r"\u009b31m", r"\u007f"] {
        refused(&format!(r#"{{"{name}":{}}}"#, entry("F32", "[2]", 0, 8)), &[0; 8], "holds a control character");
    }
    // A name is looked up, and no file is ever opened by it.
    let dir = tempdir().unwrap();
    let path = dir.path().join("model.safetensors");
    fs::write(&path, one_tensor("../../etc/passwd")).unwrap();
    assert_eq!(SafetensorsFile::open(&path).unwrap().names(), ["../../etc/passwd"]);
}

/// A folder with this index.
fn indexed(index: &str) -> TempDir {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("config.json"), "{}").unwrap();
    fs::write(dir.path().join("model.safetensors.index.json"), index).unwrap();
    dir
}

#[track_caller]
fn index_refused(dir: &TempDir, problem: &str) {
    let begun = Instant::now();
    let message = ModelDir::open(dir.path()).unwrap_err().to_string();
    assert!(begun.elapsed() < SOON, "{message}");
    assert!(message.contains(&dir.path().display().to_string()) && message.contains(problem), "{message}");
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(message.len() < 10_000, "a message of {} bytes", message.len());
}

#[test]
fn indices_that_point_elsewhere() {
    for shard in ["../x", "/etc/passwd", "a/../../b", "./../x", "..", ""] {
        index_refused(&indexed(&json!({ "weight_map": { "a": shard } }).to_string()), "lies outside its folder");
    }
    for shard in ["gone", "a\u{0}b", "\u{1b}[2J", "a\nerror: b"] {
        index_refused(&indexed(&json!({ "weight_map": { "a": shard } }).to_string()), "which is missing");
    }
    for (index, problem) in [
        ("{}", "missing field `weight_map`"),
        ("{\"weight_map\": {\"a\": 3}}", "expected a string"),
        ("{\"weight_map\": {\"a\": \"1\"", "EOF"),
        ("\u{0}", "expected value"),
        ("[]", "must hold an object"),
        ("{\"weight_map\": {\"a\": \"1\", \"a\": \"2\"}}", "the key \"a\" comes twice"),
    ] {
        index_refused(&indexed(index), problem);
    }
    index_refused(&indexed(&"[".repeat(100_000)), "index.json is not valid");
    let long = "x".repeat(1_000_000);
    index_refused(&indexed(&json!({ "weight_map": { &long: &long } }).to_string()), "xxx\"..., which is missing");
    index_refused(&indexed(&json!({ "weight_map": { "a": format!("/{long}") } }).to_string()), "outside its folder");
}

#[test]
fn configurations_that_are_none() {
    for (config, problem) in [
        (String::new(), "EOF"),
        ("\u{feff}{}".to_owned(), "expected value"),
        ("[]".to_owned(), "must hold an object"),
        ("{\"a\":NaN}".to_owned(), "expected value"),
        ("{\"a\":1e999}".to_owned(), "number out of range"),
        ("{\"a\":1,\"a\":1}".to_owned(), "the key \"a\" comes twice"),
        ("{\"a\":{\"\\u001b[2J\":1,\"\\u001b[2J\":2}}".to_owned(), "comes twice"),
        (format!("{{\"{0}\":1,\"{0}\":2}}", "k".repeat(1_000_000)), "kkk..."),
        (format!("{{\"a\":{}", "[".repeat(1_000_000)), "recursion limit"),
        (format!("{{\"a\":{}1", "{\"a\":".repeat(1_000_000)), "recursion limit"),
        // As large as may be, of the smallest values there are.
        (format!("{{\"a\":[{}", "0,".repeat((1 << 24) - 10)), "EOF"),
        (format!("{{\"a\":[{}", "0,".repeat(1 << 24)), "more than any such file needs"),
    ] {
        let dir = indexed("{}");
        fs::write(dir.path().join("config.json"), config).unwrap();
        index_refused(&dir, problem);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    use std::os::unix::fs::symlink;
    let index = json!({ "weight_map": { "a": "shard" } }).to_string();
    let dir = indexed(&index);
    fs::create_dir(dir.path().join("shard")).unwrap();
    index_refused(&dir, "it is a folder");

    let dir = indexed(&index);
    assert!(std::process::Command::new("mkfifo").arg(dir.path().join("shard")).status().unwrap().success());
    index_refused(&dir, "it is a pipe or a device");

    let dir = indexed(&index);
    symlink("shard", dir.path().join("shard")).unwrap();
    index_refused(&dir, "which is missing");

    for name in ["config.json", "model.safetensors.index.json", "model.safetensors"] {
        let dir = indexed(&index);
        let _ = fs::remove_file(dir.path().join(name));
        symlink("/dev/zero", dir.path().join(name)).unwrap();
        index_refused(&dir, "it is a pipe or a device");
    }
}

#[test]
fn a_million_tensors_in_an_index_are_looked_up_once() {
    let map = |shard: &dyn Fn(usize) -> String| {
        let entries: Vec<String> = (0..1_000_000).map(|n| format!(r#""{n}":"{}""#, shard(n))).collect();
        format!(r#"{{"weight_map":{{{}}}}}"#, entries.join(","))
    };
    let dir = indexed(&map(&|_| "1.safetensors".to_owned()));
    fs::write(dir.path().join("1.safetensors"), one_tensor("a")).unwrap();
    index_refused(&dir, "which does not hold it");
    index_refused(&indexed(&map(&|n| format!("{n}.safetensors"))), "which is missing");
}

#[test]
fn a_text_that_no_memory_holds_is_not_read() {
    let dir = indexed("{}");
    fs::File::options().write(true).open(dir.path().join("config.json")).unwrap().set_len(1 << 40).unwrap();
    index_refused(&dir, "it has more than");
}
