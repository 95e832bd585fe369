//! `doctor`: a verdict for each thing, with what to do.

use crate::{ended, err, host, lines, out};

/// The one finding of that name.
fn finding(report: &serde_json::Value, name: &str) -> serde_json::Value {
    let findings = report["findings"].as_array().expect("findings");
    let found: Vec<_> = findings.iter().filter(|finding| finding["name"] == name).collect();
    assert_eq!(found.len(), 1, "{name}: {report}");
    found[0].clone()
}

#[test]
fn every_line_is_a_verdict() {
    let home = tempfile::tempdir().expect("a folder");
    let output = ended(host(home.path()).arg("doctor"));
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let text = out(&output);
    let mut seen = Vec::new();
    // After the first line, and but for remedies, which are indented.
    for line in text.lines().skip(1).filter(|line| !line.starts_with(' ')) {
        let mut words = line.split_whitespace();
        let verdict = words.next().expect("a verdict");
        assert!(["ok", "missing", "problem"].contains(&verdict), "{line}");
        seen.push(words.next().expect("a name"));
    }
    let all = ["build", "processor", "memory", "cuda", "cache", "temporary", "hub", "hub-cache", "token", "plugins"];
    assert_eq!(seen, all.into_iter().chain(["rust", "c", "python", "js"]).collect::<Vec<_>>(), "{text}");
    let report = lines(&ended(host(home.path()).args(["doctor", "--json"]))).pop().expect("an object");
    for (name, part) in
        [("memory", "GiB free of"), ("processor", "threads"), ("cache", "free"), ("hub", "HF_HUB_OFFLINE")]
    {
        assert!(finding(&report, name)["found"].as_str().is_some_and(|text| text.contains(part)), "{name}: {report}");
    }
}

#[test]
fn toolchains_are_those_that_the_build_finds() {
    let home = tempfile::tempdir().expect("a folder");
    let report = |path: &str| {
        let output = ended(host(home.path()).args(["doctor", "--json"]).env("PATH", path));
        lines(&output).pop().expect("an object")
    };
    // Without any tool, each language says what installs one.
    let none = report("/none");
    for (language, remedy) in
        [("rust", "rustup"), ("c", "apt-get install clang lld"), ("js", "apt-get install nodejs npm")]
    {
        let finding = finding(&none, language);
        assert_eq!(finding["verdict"], "missing", "{finding}");
        assert!(finding["remedy"].to_string().contains(remedy), "{finding}");
    }
    // A tool that is there is shown with what it says of itself.
    let tools = home.path().join("tools");
    std::fs::create_dir(&tools).expect("a folder");
    for tool in ["clang", "wasm-ld"] {
        let path = tools.join(tool);
        std::fs::write(&path, format!("#!/bin/sh\necho {tool} 99.1\n")).expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("made a program");
    }
    let c = finding(&report(&tools.display().to_string()), "c");
    assert_eq!(c["verdict"], "ok", "{c}");
    assert!(
        c["found"].as_str().is_some_and(|text| text.contains("clang 99.1 (") && text.contains("wasm-ld 99.1")),
        "{c}"
    );
}

#[test]
fn what_is_needed_and_not_there_is_a_problem() {
    let home = tempfile::tempdir().expect("a folder");
    let with = |needs: &[&str]| {
        let mut command = host(home.path());
        command.arg("doctor").env("PATH", "/none");
        for need in needs {
            command.args(["--need", need]);
        }
        ended(&mut command)
    };
    assert_eq!(with(&[]).status.code(), Some(0));
    assert_eq!(with(&["memory", "plugins"]).status.code(), Some(0));
    let output = with(&["memory", "c"]);
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    let text = out(&output);
    assert!(text.lines().any(|line| line.starts_with("problem") && line.contains(" c ")), "{text}");
}

#[test]
fn a_token_is_told_of_and_never_shown_and_one_that_is_none_is_a_problem() {
    let home = tempfile::tempdir().expect("a folder");
    let with = |token: &str| ended(host(home.path()).args(["doctor", "--json"]).env("HF_TOKEN", token));
    let output = with("hf_secretsecret");
    let report = lines(&output).pop().expect("an object");
    let token = finding(&report, "token");
    assert_eq!((&token["verdict"], output.status.code()), (&"ok".into(), Some(0)), "{token}");
    assert!(token["found"].as_str().is_some_and(|text| text.contains("HF_TOKEN")), "{token}");
    let broken = with("two words");
    assert_eq!(broken.status.code(), Some(3), "{}", out(&broken));
    for output in [&output, &broken] {
        let all = out(output) + &err(output);
        assert!(!all.contains("secretsecret") && !all.contains("two words"), "{all}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_a_problem_with_the_variable_that_moves_it() {
    let home = tempfile::tempdir().expect("a folder");
    let output = ended(host(home.path()).arg("doctor").env("XDG_CACHE_HOME", "/proc/none"));
    let text = out(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("/proc/none/graftwork cannot be written") && text.contains("XDG_CACHE_HOME="), "{text}");
}
