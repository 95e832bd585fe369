//! What it looks like: colours on a terminal alone, a bar there and lines in a log.
#![cfg(target_os = "linux")]

use std::io::Read;
use std::path::Path;
use std::process::Command;

use crate::common::terminal;
use crate::{ended, err, host, out, short};

/// What a terminal shows of a command, all of it.
fn on_a_terminal(command: &mut Command) -> String {
    let (mut shown, open) = terminal();
    let mut child = command.stdin(open()).stdout(open()).stderr(open()).spawn().expect("host starts");
    // The command holds copies of its own; once it is gone too, reading ends.
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let (mut all, mut block) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = shown.read(&mut block) {
        all.extend_from_slice(&block[..count]);
    }
    child.wait().expect("it ends");
    String::from_utf8_lossy(&all).into_owned()
}

fn failing(home: &Path) -> Command {
    let mut command = host(home);
    command.args(["eval", "--data", "no-such-file.jsonl"]);
    command
}

#[test]
fn colours_are_on_a_terminal_alone_unless_somebody_says_otherwise() {
    let home = tempfile::tempdir().expect("a folder");
    let red = "\u{1b}[1m\u{1b}[31merror[GW0201]:\u{1b}[0m";
    let shown = on_a_terminal(&mut failing(home.path()));
    assert!(shown.contains(red), "{shown:?}");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")] {
        let shown = on_a_terminal(failing(home.path()).env(name, value));
        assert!(!shown.contains("\u{1b}[31m") && shown.contains("error[GW0201]: "), "{name}: {shown:?}");
    }
    let shown = on_a_terminal(failing(home.path()).args(["--color", "never"]));
    assert!(!shown.contains("\u{1b}[31m"), "{shown:?}");

    let piped = ended(&mut failing(home.path()));
    assert!(!err(&piped).contains('\u{1b}'), "{}", err(&piped));
    for (name, value, when) in [("CLICOLOR_FORCE", "1", "auto"), ("NO_COLOR", "1", "always")] {
        let said = err(&ended(failing(home.path()).env(name, value).args(["--color", when])));
        assert!(said.contains(red), "{said:?}");
    }
}

#[test]
fn help_and_usage_errors_follow_the_same_choice() {
    let home = tempfile::tempdir().expect("a folder");
    for arguments in [&["--help"][..], &["run", "--stpes"]] {
        let output = ended(host(home.path()).args(arguments));
        assert!(!(out(&output) + &err(&output)).contains('\u{1b}'), "{arguments:?}");
        let output = ended(host(home.path()).args(["--color", "always"]).args(arguments));
        assert!((out(&output) + &err(&output)).contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn what_a_program_reads_has_no_colours_even_where_they_are_forced() {
    let home = tempfile::tempdir().expect("a folder");
    for arguments in [&["doctor", "--json"][..], &["completions", "bash"], &["man"]] {
        let output = ended(host(home.path()).args(arguments).args(["--color", "always"]));
        assert!(!out(&output).contains('\u{1b}'), "{arguments:?}");
    }
    let doctor = out(&ended(host(home.path()).args(["doctor", "--color", "always"])));
    assert!(doctor.contains("\u{1b}[32mok"), "{doctor:?}");
}

#[test]
fn a_log_has_lines_where_a_terminal_has_a_bar() {
    let home = tempfile::tempdir().expect("a folder");
    let log = ended(host(home.path()).args(short(&home.path().join("one"))));
    let text = out(&log);
    for part in ["step     1/3  loss ", "step     3/3  loss ", " tokens/s", " left"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("step     2/3") && !(text + &err(&log)).contains(['\u{1b}', '\r']));
    let shown = on_a_terminal(host(home.path()).args(short(&home.path().join("two"))));
    assert!(!shown.contains("step     1/3") && shown.contains('\r'), "{shown:?}");
    assert!(shown.contains("\u{1b}[1mmodel\u{1b}[0m"), "labels stand out: {shown:?}");
}
