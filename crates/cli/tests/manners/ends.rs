//! How a command ends: exit codes that scripts go by.

use std::fs;

use crate::{ended, err, host, lines, out, short};

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    let home = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["run", "--stpes", "3"][..],
        &["run", "--steps", "three"],
        &["fly"],
        &[],
        &["explain", "GW9999"],
        &["completions", "tcsh"],
    ] {
        let output = ended(host(home.path()).args(arguments));
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""), "{arguments:?}: {}", err(&output));
        let output = ended(host(home.path()).args(arguments).arg("--json"));
        let last = lines(&output).pop().expect("an object");
        assert_eq!((&last["code"], &last["exit"]), (&"GW0902".into(), &2.into()), "{arguments:?}: {last}");
        assert!(!last["error"].as_str().expect("a message").contains('\n'), "{last}");
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(2), ""));
    }
    let near = err(&ended(host(home.path()).args(["explain", "GW0299"])));
    assert!(near.contains("the nearest is GW0301"), "{near}");
    let help = ended(host(home.path()).arg("--help"));
    assert_eq!(help.status.code(), Some(0));
    for part in ["Exit codes:", "129", "host explain", "resume"] {
        assert!(out(&help).contains(part), "{part} in {}", out(&help));
    }
}

#[test]
fn what_was_looked_at_and_is_not_sound_ends_with_3() {
    let home = tempfile::tempdir().expect("a folder");
    let run = home.path().join("run");
    assert!(ended(host(home.path()).args(short(&run))).status.success());
    let verify = || ended(host(home.path()).arg("verify").arg(&run));
    assert_eq!(verify().status.code(), Some(0));
    let weights = run.join("adapter/adapter_model.safetensors");
    let mut bytes = fs::read(&weights).expect("weights");
    *bytes.last_mut().expect("a byte") ^= 1;
    fs::write(&weights, bytes).expect("written");
    let output = verify();
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    assert!(out(&output).contains("adapter_model.safetensors"), "{}", out(&output));

    // A plugin that passes.
    let output = ended(host(home.path()).args(["plugin", "test", "plugins/lora.wasm"]));
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    // A rank that leaves the model as it is fails a check: nothing changes.
    let output =
        ended(host(home.path()).args(["plugin", "test", "plugins/lora.wasm", "--set", "target_modules=[\"no\"]"]));
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure_with_a_code() {
    let home = tempfile::tempdir().expect("a folder");
    let full = fs::File::options().write(true).open("/dev/full").expect("the device");
    let output = ended(host(home.path()).args(["explain"]).stdout(full));
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).starts_with("error[GW1401]: "), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn a_command_that_is_stopped_ends_as_shells_expect_and_as_json_with_an_object() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("long.jsonl");
    let row = "{\"text\": \"It is a truth universally acknowledged, that a single man must be in want of a wife.\"}\n";
    fs::write(&data, row.repeat(20_000)).expect("written");
    let mut command = host(home.path());
    command.args(["eval", "--json", "--model", crate::LLAMA, "--batch-size", "1", "--data"]).arg(&data);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("host starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line.contains("\"event\":\"evaluating\"")), "it begins");
    let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let last = lines.last().expect("an object");
    let last: serde_json::Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    assert_eq!((&last["code"], &last["exit"]), (&"GW1402".into(), &143.into()), "{last}");
}
