//! `--json`: every line is JSON, and the last one is the result or the error.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::{DATA, LLAMA, ended, err, host, lines, out, short};

/// What a command comes to; a chat is asked for its numbers.
fn asked(command: &mut Command) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("host starts");
    // Others read nothing, and may have ended by now.
    let _ = child.stdin.take().expect("piped").write_all(b"/stats\n");
    child.wait_with_output().expect("it ends")
}

#[test]
fn every_command_speaks_json_and_ends_with_one_object() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name).display().to_string();
    let run = short(&home.path().join("run"));
    let run: Vec<&str> = run.iter().map(String::as_str).collect();
    let check: Vec<&str> = std::iter::once("check").chain(run[1..run.len() - 2].iter().copied()).collect();
    let (trained, merged, peft) = (at("run"), at("merged"), at("peft"));
    let (file, pages, ia3, imported) = (at("model.gguf"), at("man"), at("ia3"), at("imported"));
    let ia3_run = [
        "run",
        "--strategy",
        "plugins/ia3.wasm",
        "--model",
        LLAMA,
        "--data",
        DATA,
        "--max-length",
        "48",
        "--steps",
        "1",
        "--out",
        &ia3,
    ];
    let ia3_peft = at("ia3/adapter");
    let (compared, begun) = (at("compared"), at("begun.toml"));
    let compare = ["compare", "--strategy", "lora"].into_iter().chain(run[1..run.len() - 1].iter().copied());
    let compare: Vec<&str> = compare.chain([compared.as_str()]).collect();
    // In an order in which each has what it needs; each with a key that its last object has.
    let commands: Vec<(Vec<&str>, &str)> = vec![
        (run.clone(), "finished"),
        (check, "plan_hash"),
        (vec!["resume", &trained], "finished"),
        (vec!["verify", &trained], "parts"),
        (vec!["eval", "--adapter", &trained, "--data", DATA, "--max-length", "48"], "loss"),
        (vec!["generate", "It is", "--adapter", &trained, "--max-tokens", "2"], "text"),
        (vec!["generate", "It is", "She was", "--adapter", &trained, "--max-tokens", "2"], "text"),
        (vec!["merge", &trained, "--out", &merged], "changed"),
        (vec!["export", &trained, "--format", "peft", "--out", &peft], "out"),
        (vec!["export", "--model", LLAMA, "--format", "gguf", "--no-vocab", "--out", &file], "out"),
        (ia3_run.to_vec(), "finished"),
        (
            vec!["import", &ia3_peft, "--strategy", "plugins/ia3.wasm", "--model", LLAMA, "--out", &imported],
            "trainable_parameters",
        ),
        (compare, "verdict"),
        (vec!["chat", "--model", LLAMA], "answers"),
        (vec!["init", "--model", LLAMA, "--data", DATA, "--out", &begun], "chosen"),
        (vec!["schema"], "properties"),
        (vec!["schema", "--markdown"], "markdown"),
        (vec!["doctor"], "findings"),
        (vec!["plugin", "new", "mine", "--into", home.path().to_str().expect("text")], "files"),
        (vec!["plugin", "inspect", "plugins/lora.wasm"], "config_schema"),
        (vec!["plugin", "plan", "plugins/lora.wasm", "--model", LLAMA], "plan"),
        (vec!["plugin", "check", "plugins/lora.wasm", "--model", LLAMA], "plan_hash"),
        (vec!["plugin", "check", "plugins/rank-select.wasm"], "capabilities"),
        (vec!["plugin", "test", "plugins/bitfit.wasm"], "checks"),
        (vec!["plugin", "build", &merged], "error"),
        (vec!["plugin", "list"], "plugins"),
        (vec!["plugin", "export", "lora", "--out", home.path().to_str().expect("text")], "path"),
        (vec!["explain"], "codes"),
        (vec!["explain", "GW0101"], "text"),
        (vec!["completions", "bash"], "script"),
        (vec!["man"], "page"),
        (vec!["man", "--out", &pages], "pages"),
        (vec!["run", "--no-such-flag"], "error"),
    ];
    let mut seen = BTreeSet::new();
    for (arguments, key) in commands {
        let output = asked(host(home.path()).args(&arguments).arg("--json"));
        let lines = lines(&output);
        let (last, before) = lines.split_last().unwrap_or_else(|| panic!("{arguments:?}: {}", err(&output)));
        assert!(last.get(key).is_some(), "{arguments:?}: {last}; {}", err(&output));
        assert_eq!(last.get("error").is_some(), key == "error", "{arguments:?}: {last}");
        // What comes before are events, of several prompts the other texts, and of a comparison its runs.
        let known = |line: &Value| ["event", "text", "finished"].iter().any(|key| line.get(key).is_some());
        assert!(before.iter().all(known) && last.is_object(), "{arguments:?}: {}", out(&output));
        let depth = if arguments[0] == "plugin" { 2 } else { 1 };
        seen.insert(arguments[..depth].join(" "));
    }
    // A command that comes to be is to be walked over too.
    let help = |command: &[&str]| {
        let text = out(&ended(host(home.path()).args(command).arg("--help")));
        let (_, rest) = text.split_once("Commands:\n").expect("commands");
        let names: Vec<String> = rest
            .lines()
            .take_while(|line| line.starts_with("  "))
            .filter_map(|line| {
                let name = line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?;
                name.split_whitespace().next().map(str::to_owned)
            })
            .filter(|name| name != "help")
            .collect();
        names
    };
    let plugin = help(&["plugin"]).into_iter().map(|name| format!("plugin {name}"));
    let all: BTreeSet<String> = help(&[]).into_iter().filter(|name| name != "plugin").chain(plugin).collect();
    assert_eq!(seen.difference(&all).count(), 0, "{seen:?} and {all:?}");
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "these are not tried");
}

#[test]
fn warnings_are_events_and_standard_error_stays_empty() {
    let home = tempfile::tempdir().expect("a folder");
    let trained = home.path().join("run");
    assert!(ended(host(home.path()).args(short(&trained))).status.success());
    // Another base, taken at its word, is warned of.
    let other = home.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    for entry in std::fs::read_dir(crate::root().join(LLAMA)).expect("the model") {
        let from = entry.expect("a file").path();
        std::fs::copy(&from, other.join(from.file_name().expect("a name"))).expect("copied");
    }
    let config = std::fs::read_to_string(other.join("config.json")).expect("read") + " ";
    std::fs::write(other.join("config.json"), config).expect("written");
    let mut command = host(home.path());
    command.arg("merge").arg(&trained).arg("--model").arg(&other).arg("--out").arg(home.path().join("merged"));
    let output = ended(command.arg("--json"));
    let lines = lines(&output);
    let warning = lines.iter().find(|line| line["event"] == "warning").unwrap_or_else(|| panic!("{}", out(&output)));
    assert!(warning["message"].as_str().is_some_and(|text| text.contains("another model")), "{warning}");
    assert_eq!(err(&output), "");
}
