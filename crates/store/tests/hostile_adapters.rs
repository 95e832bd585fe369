//! `adapter_config.json` files that were made to do harm, or are merely wrong.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::safetensors;
use graftwork_store::PeftAdapter;
use tempfile::{TempDir, tempdir};

/// An adapter of `modules` modules of rank 1, with these settings beside `peft_type`.
fn folder(settings: &str, modules: usize) -> TempDir {
    let dir = tempdir().unwrap();
    let config = format!(r#"{{"peft_type":"LORA"{}{settings}}}"#, if settings.is_empty() { "" } else { "," });
    fs::write(dir.path().join("adapter_config.json"), config).unwrap();
    let info = |n: usize| format!(r#"{{"dtype":"F32","shape":[1,1],"data_offsets":[{},{}]}}"#, 4 * n, 4 * n + 4);
    let name = |module: usize, factor: char| format!("base_model.model.layers.{module}.q_proj.lora_{factor}.weight");
    let tensors = (0..modules).flat_map(|m| [(name(m, 'A'), 2 * m), (name(m, 'B'), 2 * m + 1)]);
    let entries: Vec<String> = tensors.map(|(name, n)| format!(r#""{name}":{}"#, info(n))).collect();
    let weights = safetensors(&format!("{{{}}}", entries.join(",")), &vec![0; 8 * modules]);
    fs::write(dir.path().join("adapter_model.safetensors"), weights).unwrap();
    dir
}

/// Refuses the adapter in one line, short whatever the file holds, that names the file.
#[track_caller]
fn refused(dir: &TempDir, problem: &str) {
    let begun = Instant::now();
    let message = PeftAdapter::read(dir.path()).unwrap_err().to_string();
    assert!(begun.elapsed() < Duration::from_secs(20), "{message:.300}");
    assert!(message.contains(&dir.path().display().to_string()), "{message:.300}");
    assert!(message.contains(problem), "`{problem}` is not in: {message:.300}");
    assert!(!message.chars().any(char::is_control), "{message:.300?}");
    assert!(message.len() < 10_000, "a message of {} bytes", message.len());
}

#[test]
fn numbers_that_are_none() {
    let cases = [
        ("\"r\":0", "a rank is at least 1"),
        ("\"r\":-1", "expected usize"),
        ("\"r\":2147483648", "has rank 1 in the tensors and 2147483648"),
        ("\"r\":1e400", "number out of range"),
        ("\"r\":1.5", "expected usize"),
        ("\"r\":NaN", "expected value"),
        ("\"r\":\"8\"", "expected usize"),
        ("\"r\":[8]", "expected usize"),
        ("\"r\":1,\"r\":1", "the key \"r\" comes twice"),
        ("\"r\":1,\"rank_pattern\":{\"q\":1,\"q\":2}", "the key \"q\" comes twice"),
        ("\"r\":1,\"x\":[{\"y\":null,\"\\u0079\":null}]", "the key \"y\" comes twice"),
        ("\"r\":1,\"lora_alpha\":NaN", "expected value"),
        ("\"r\":1,\"lora_alpha\":Infinity", "expected value"),
        ("\"r\":1,\"lora_alpha\":-Infinity", "not valid"),
        ("\"r\":1,\"lora_alpha\":1e400", "number out of range"),
        ("\"r\":1,\"lora_alpha\":\"16\"", "expected f64"),
        ("\"r\":1,\"alpha_pattern\":{\"q_proj\":1e999}", "number out of range"),
        ("\"r\":1,\"rank_pattern\":{\"q_proj\":0}", "a rank is at least 1"),
        ("\"r\":1,\"rank_pattern\":[]", "an object of patterns"),
        ("\"r\":1,\"layers_to_transform\":-1", "not valid"),
    ];
    for (settings, problem) in cases {
        refused(&folder(settings, 1), problem);
    }
}

#[test]
fn texts_and_structures_that_are_none() {
    let nested = format!("\"r\":1,\"x\":{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [
        (nested.as_str(), "recursion limit"),
        ("\"r\":1,\"bias\":\"\\u001b[31m\\nerror: x\"", "unknown variant `\\u{1b}[31m\\nerror: x`"),
        ("\"r\":1,\"modules_to_save\":[3]", "expected a string"),
        ("\"r\":1,\"target_modules\":{\"a\":1}", "not valid"),
        ("\"r\":1,\"from_the_future\":\"\\u001b[2J\"", "from_the_future = "),
        ("\"r\":1,\"init_lora_weights\":\"\\u001b[2J\"", "init_lora_weights = "),
        ("\"r\":1,\"\\u001b[2J\":true", "change what the adapter computes"),
    ];
    for (settings, problem) in cases {
        refused(&folder(settings, 1), problem);
    }
    let dir = folder("\"r\":1", 1);
    fs::write(dir.path().join("adapter_config.json"), "{\"peft_type\":\"\\u001b[2J\\n\"}").unwrap();
    refused(&dir, "is not read, only \"LORA\"");
    fs::write(dir.path().join("adapter_config.json"), format!("{{\"peft_type\":\"{}\"}}", "x".repeat(1_000_000)))
        .unwrap();
    refused(&dir, "xxx\"... is not read, only \"LORA\"");
}

#[test]
fn patterns_that_are_bombs() {
    let pattern = |text: &str| format!("\"r\":1,\"rank_pattern\":{{\"{text}\":1}}");
    for (text, problem) in [
        ("(((a{100}){100}){100}){100}", "exceeds size limit"),
        ("\\\\p{L}{1000}", "exceeds size limit"),
        ("(", "unclosed group"),
        ("(?=a)b", "look-around"),
        ("(a)\\\\1", "backreferences"),
    ] {
        refused(&folder(&pattern(text), 1), problem);
    }
    let nested = "(".repeat(10_000) + "a" + &")".repeat(10_000);
    refused(&folder(&pattern(&nested), 1), "nest");

    // What takes a backtracking engine longer than the world has been there is read once from left to right.
    let begun = Instant::now();
    PeftAdapter::read(folder(&pattern("(l+)+(a+)+(y|y|yy)*$x"), 100).path()).unwrap();
    // As many patterns as there may be, each compiled once and not once a module.
    let many: Vec<String> = (0..10_000).map(|n| format!("\"{n}.(a|b|c){{9}}\":1")).collect();
    PeftAdapter::read(folder(&format!("\"r\":1,\"rank_pattern\":{{{}}}", many.join(",")), 100).path()).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let more: Vec<String> = (0..=10_000).map(|n| format!("\"{n}\":1")).collect();
    refused(&folder(&format!("\"r\":1,\"rank_pattern\":{{{}}}", more.join(",")), 1), "more than 10000 patterns");
}

#[test]
fn names_are_not_paths() {
    // Modules are looked up among the model's; whatever a list holds, no file is opened by it.
    let names = "[\"../../etc/passwd\",\"/dev/zero\"]";
    let long: Vec<String> = (0..1_000_000).map(|n| n.to_string()).collect();
    let settings = format!("\"r\":1,\"modules_to_save\":{names},\"target_modules\":[\"{}\"]", long.join("\",\""));
    let adapter = PeftAdapter::read(folder(&settings, 1).path()).unwrap();
    assert_eq!(adapter.config.modules_to_save.unwrap(), ["../../etc/passwd", "/dev/zero"]);
}
