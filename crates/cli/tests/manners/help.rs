//! How the tool is learnt: the codes explained, completions, manual pages.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::{ended, err, host, lines, out, root};

#[test]
fn a_code_is_explained_and_all_are_listed() {
    let home = tempfile::tempdir().expect("a folder");
    let one = out(&ended(host(home.path()).args(["explain", "GW0203"])));
    for part in ["GW0203: A line of data is not JSON", "**Usual causes:**", "**What to do:**", "error[GW0203]: "] {
        assert!(one.contains(part), "{part} in {one}");
    }
    assert!(!one.contains("GW0204"), "{one}");
    assert_eq!(one, out(&ended(host(home.path()).args(["explain", "gw203"]))), "however it is written");
    let all = out(&ended(host(home.path()).arg("explain")));
    let json = lines(&ended(host(home.path()).args(["explain", "--json"]))).pop().expect("an object");
    assert_eq!(all.lines().count(), json["codes"].as_array().expect("codes").len());
    assert!(all.lines().all(|line| line.starts_with("GW")), "{all}");
    // The page that people read in a browser is the one that the program has.
    let page = std::fs::read_to_string(root().join("docs/errors.md")).expect("the page");
    assert_eq!(page.matches("\n## GW").count(), all.lines().count());
}

/// What bash offers after a line of words, the last of which is being typed.
fn offered(script: &str, words: &[&str], within: &std::path::Path) -> BTreeSet<String> {
    let count = words.len() - 1;
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    let (words, previous, word) = (quoted.join(" "), words[count - 1], words[count]);
    let asked = format!(
        "{script}\nCOMP_WORDS=({words})\nCOMP_CWORD={count}\n_host host '{word}' '{previous}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile"]).current_dir(within).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = bash.stderr(Stdio::null()).spawn().expect("bash starts");
    child.stdin.take().expect("a pipe").write_all(asked.as_bytes()).expect("asked");
    let output = child.wait_with_output().expect("it ends");
    out(&output).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_values_and_plugins() {
    let home = tempfile::tempdir().expect("a folder");
    let script = out(&ended(host(home.path()).args(["completions", "bash"])));
    let file = home.path().join("host.bash");
    std::fs::write(&file, &script).expect("written");
    let checked = Command::new("bash").arg("-n").arg(&file).output().expect("bash runs");
    assert!(checked.status.success(), "{}", err(&checked));
    let place = home.path().join("place");
    std::fs::create_dir_all(place.join("folder")).expect("made");
    for name in ["a.wasm", "b.txt"] {
        std::fs::write(place.join(name), "").expect("written");
    }
    let offer = |words: &[&str]| offered(&script, words, &place);
    assert!(offer(&["host", "ex"]).is_superset(&["explain", "export"].map(str::to_owned).into()));
    assert!(offer(&["host", "run", "--learn"]).contains("--learning-rate"));
    assert_eq!(offer(&["host", "run", "--result", "b"]), ["best".to_owned()].into());
    let plugins = ["a.wasm", "folder"].map(str::to_owned);
    assert_eq!(
        offer(&["host", "run", "--strategy", ""]),
        plugins.clone().into(),
        "plugins, and folders that may have some"
    );
    assert_eq!(offer(&["host", "merge", "--composer", ""]), plugins.into());
    assert!(offer(&["host", "run", "--data", ""]).contains("b.txt"));
}

#[test]
fn other_shells_have_theirs() {
    let home = tempfile::tempdir().expect("a folder");
    for (shell, parts) in [
        ("zsh", &["#compdef host", "_files -g \"*.wasm\"", "--learning-rate"][..]),
        ("fish", &["complete -c host", "__fish_complete_suffix .wasm", "-l learning-rate"]),
        ("powershell", &["Register-ArgumentCompleter", "--learning-rate"]),
        ("elvish", &["edit:completion", "--learning-rate"]),
    ] {
        let output = ended(host(home.path()).args(["completions", shell]));
        assert!(output.status.success());
        for part in parts {
            assert!(out(&output).contains(part), "{shell} has no {part}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("man");
    let output = ended(host(home.path()).args(["man", "--out"]).arg(&folder));
    assert!(output.status.success(), "{}", err(&output));
    let names: BTreeSet<String> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("a page").file_name().to_string_lossy().into_owned())
        .collect();
    for name in ["host.1", "host-run.1", "host-plugin.1", "host-plugin-build.1", "host-explain.1"] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
    for name in &names {
        let page = std::fs::read_to_string(folder.join(name)).expect("a page");
        for section in [".TH", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS"] {
            assert!(page.lines().any(|line| line.starts_with(section)), "{name} has no {section}");
        }
    }
    let one = out(&ended(host(home.path()).args(["man", "plugin", "build"])));
    assert_eq!(one, std::fs::read_to_string(folder.join("host-plugin-build.1")).expect("a page"));
    assert!(one.contains("host plugin build"), "{one}");
    assert!(out(&ended(host(home.path()).arg("man"))).contains("Exit codes"), "they are in the manual");
}
