//! `--tui`, through a pseudo-terminal: what is drawn, what keys do, and that the terminal comes back whatever ends the run.
#![cfg(target_os = "linux")]
#![cfg(feature = "tui")]
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{alone, host, root, terminal};
use graftwork_store::CheckpointDir;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use tempfile::TempDir;

const LEFT: &str = "\x1b[?25h\x1b[?1049l";

/// Arguments of a run on a small model; more follow.
fn run(out: &Path, more: &[&str]) -> Vec<String> {
    let fixed = ["run", "--strategy", "plugins/lora.wasm", "--model", "tests/golden/curve/models/llama"];
    let data = ["--data", "tests/golden/curve/austen-200.jsonl", "--max-length", "48", "--batch-size", "4"];
    let mut all: Vec<String> = fixed.iter().chain(&data).chain(more).map(|&part| part.to_owned()).collect();
    all.extend(["--out".to_owned(), out.display().to_string()]);
    all
}

/// The program in a terminal of its own, and what that shows.
struct Screen {
    child: Child,
    terminal: File,
    /// The other end, which says how the terminal is set.
    inside: File,
    shown: vt100::Parser,
    all: Vec<u8>,
}

impl Screen {
    fn start(home: &Path, size: (u16, u16), arguments: &[String]) -> Self {
        let (terminal, open) = terminal();
        let inside = open();
        resize(&inside, size);
        let mut child = Command::new("setsid");
        child.args(["--ctty", "--wait", env!("CARGO_BIN_EXE_host")]).args(arguments).current_dir(root());
        // The dashboard has its colours all the same; what is written afterwards has none.
        alone(&mut child, home).env("TERM", "dumb");
        let child = child.stdin(open()).stdout(open()).stderr(open()).spawn().expect("setsid starts");
        let shown = vt100::Parser::new(cells(size.1), cells(size.0), 0);
        Self { child, terminal, inside, shown, all: Vec::new() }
    }

    fn read(&mut self) {
        let mut block = [0; 4096];
        let count = self.terminal.read(&mut block).expect("it shows something");
        self.all.extend_from_slice(&block[..count]);
        self.shown.process(&block[..count]);
    }

    /// Reads until the screen has this.
    fn until(&mut self, wanted: &str) {
        let start = Instant::now();
        while !self.contents().contains(wanted) {
            assert!(start.elapsed() < Duration::from_secs(120), "`{wanted}` is not in\n{}", self.contents());
            if rest(&self.terminal) {
                self.read();
                continue;
            }
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(ended.is_none() || rest(&self.terminal), "it ended before `{wanted}`:\n{}", self.contents());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn contents(&self) -> String {
        self.shown.screen().contents()
    }

    fn press(&mut self, keys: &[u8]) {
        self.terminal.write_all(keys).expect("pressed");
    }

    /// The exit code, and what is written after the dashboard is gone: text alone.
    fn end(self) -> (Option<i32>, String) {
        let (code, after) = self.left();
        assert!(!after.contains('\x1b'), "nothing is drawn afterwards: {after:?}");
        (code, after)
    }

    /// The exit code, and what is written after the dashboard is gone; the terminal is as it was.
    fn left(mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        let code = loop {
            assert!(start.elapsed() < Duration::from_secs(120), "it does not end: {}", self.contents());
            // The terminal does not end with the program, since this test has its inside open.
            match self.child.try_wait().expect("it can be asked") {
                Some(status) => break status.code(),
                None if rest(&self.terminal) => self.read(),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        while rest(&self.terminal) {
            self.read();
        }
        let all = String::from_utf8_lossy(&self.all).into_owned();
        let modes = tcgetattr(&self.inside).expect("its settings").local_modes;
        assert!(modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG), "{modes:?}");
        let (_, after) = all.rsplit_once(LEFT).unwrap_or_else(|| panic!("the terminal comes back: {all}"));
        assert!(!self.shown.screen().alternate_screen() && !self.shown.screen().hide_cursor());
        (code, after.to_owned())
    }
}

/// Whether there is something to read.
fn rest(terminal: &File) -> bool {
    rustix::io::ioctl_fionread(terminal).is_ok_and(|bytes| bytes > 0)
}

fn resize(terminal: &File, (columns, rows): (u16, u16)) {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).expect("resized");
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("some")
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn q_stops_with_a_checkpoint_and_resume_goes_on() {
    let home = home();
    let out = home.path().join("run");
    let mut screen =
        Screen::start(home.path(), (80, 24), &run(&out, &["--steps", "100000", "--tui", "--eval-every", "20"]));
    screen.until("Graftwork · lora · llama");
    screen.until("/100,000");
    screen.until("best");
    for part in ["loss  ", "rate  ", "norm  ", "tokens/s  ", "peak  ", "elapsed", "left", "eval       loss"] {
        screen.until(part);
    }
    screen.press(b"\t");
    screen.until("gradient norm");
    screen.press(b"p?");
    screen.until("stop after this update, with a checkpoint");
    screen.press(b"\x1b");
    screen.until("lora adapters");
    resize(&screen.inside, (30, 6));
    screen.shown.screen_mut().set_size(cells(6), cells(30));
    screen.until("tokens/s");
    screen.press(b"q");
    let (code, after) = screen.end();
    assert_eq!(code, Some(130), "{after}");
    for part in ["stopped ", "loss      train", "go on     host resume"] {
        assert!(after.contains(part), "`{part}` is not in {after}");
    }
    let (step, checkpoint) = CheckpointDir::latest(&out).expect("a list").expect("a checkpoint");
    CheckpointDir::read(&checkpoint).expect("whole");

    let arguments = ["resume".to_owned(), out.display().to_string(), "--tui".to_owned()];
    let mut screen = Screen::start(home.path(), (100, 30), &arguments);
    screen.until("going on from here");
    screen.until("/100,000");
    screen.press(b"\x03");
    assert_eq!(screen.end().0, Some(130));
    assert!(CheckpointDir::latest(&out).expect("a list").expect("a checkpoint").0 > step);
}

#[test]
fn a_finished_run_leaves_its_summary_on_the_terminal() {
    let home = home();
    let out = home.path().join("run");
    let screen = Screen::start(home.path(), (80, 24), &run(&out, &["--steps", "5", "--tui"]));
    let (code, after) = screen.end();
    assert_eq!(code, Some(0), "{after}");
    for part in ["done      5 steps", "loss      train", "memory    ", "run       "] {
        assert!(after.contains(part), "`{part}` is not in {after}");
    }
}

/// An update that no machine ends in the time that this takes is left at once, by keys and by signals.
#[test]
fn a_second_time_ends_it_at_once() {
    let home = home();
    for (name, keys) in [("keys", true), ("signals", false)] {
        let out = home.path().join(name);
        // Many passes: an update that no machine ends in the time that this takes.
        let long = "run --tui --strategy lora --model examples/default/model --data examples/default/austen.txt --format text \
                    --steps 2 --eval 0 --max-length 128 --batch-size 8 --gradient-accumulation 400 --out";
        let mut long: Vec<_> = long.split_whitespace().map(str::to_owned).collect();
        long.push(out.display().to_string());
        let mut screen = Screen::start(home.path(), (80, 24), &long);
        screen.until("training");
        // It is told before the first update begins.
        std::thread::sleep(Duration::from_secs(1));
        let stop = |screen: &mut Screen| match keys {
            true => screen.press(b"\x03"),
            // `setsid` has become the program.
            false => {
                let sent = Command::new("kill").args(["-TERM", &screen.child.id().to_string()]).status();
                assert!(sent.expect("kill runs").success());
            }
        };
        stop(&mut screen);
        screen.until("stopping after this update");
        stop(&mut screen);
        let start = Instant::now();
        let (code, after) = screen.end();
        assert_eq!(code, Some(if keys { 130 } else { 143 }), "{after}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(CheckpointDir::latest(&out).expect("a list").is_none());
    }
}

#[test]
fn an_error_is_told_on_the_terminal_as_it_was() {
    let home = home();
    let out = home.path().join("run");
    std::fs::create_dir_all(out.join("something")).expect("a folder");
    let (code, after) = Screen::start(home.path(), (80, 24), &run(&out, &["--steps", "5", "--tui"])).end();
    assert_eq!(code, Some(1), "{after}");
    assert!(after.starts_with("error[GW") && after.trim_end().lines().count() == 2, "{after}");
}

/// The tokenizer's library panics over such a table, and the program makes an error of that.
#[test]
fn a_panic_is_told_on_the_terminal_as_it_was() {
    let home = home();
    let (model, small) = (home.path().join("model"), root().join("tests/golden/curve/models/llama"));
    std::fs::create_dir(&model).expect("a folder");
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(small.join(file), model.join(file)).expect("copied");
    }
    let tokenizer = std::fs::read(small.join("tokenizer.json")).expect("a tokenizer");
    let mut tokenizer: serde_json::Value = serde_json::from_slice(&tokenizer).expect("JSON");
    tokenizer["normalizer"] = serde_json::json!({"type": "Precompiled", "precompiled_charsmap": "BAAAAAD8//9hYg=="});
    std::fs::write(model.join("tokenizer.json"), tokenizer.to_string()).expect("written");
    let arguments = run(&home.path().join("run"), &["--steps", "5", "--tui"]);
    let arguments: Vec<_> = arguments
        .into_iter()
        .map(|part| if part.ends_with("models/llama") { model.display().to_string() } else { part })
        .collect();
    let (code, after) = Screen::start(home.path(), (80, 24), &arguments).left();
    assert_eq!(code, Some(1), "{after}");
    assert!(after.contains("panicked") && after.contains("error[GW"), "{after}");
}

#[test]
fn messages_of_the_log_are_drawn_and_tear_nothing() {
    let home = home();
    // So that the program has something to say: it cannot keep what it compiles.
    std::fs::write(home.path().join("cache"), "").expect("a file");
    let arguments = run(&home.path().join("run"), &["--steps", "100000", "--tui", "-vv"]);
    let mut screen = Screen::start(home.path(), (240, 30), &arguments);
    screen.until("compiled plugins are not kept");
    screen.until("/100,000");
    let shown = screen.contents();
    assert!(shown.starts_with(" Graftwork") && shown.trim_end().ends_with("? help"), "{shown}");
    // Codes of colours would be left of their escapes.
    assert!(!shown.contains("[2m") && !shown.contains("[34m"), "{shown}");
    screen.press(b"q");
    assert_eq!(screen.end().0, Some(130));
}

#[test]
fn a_terminal_that_closes_ends_the_run_with_a_checkpoint() {
    let home = home();
    let out = home.path().join("run");
    let mut screen = Screen::start(home.path(), (80, 24), &run(&out, &["--steps", "100000", "--tui"]));
    screen.until("/100,000");
    let Screen { mut child, terminal, inside, .. } = screen;
    drop((terminal, inside));
    assert_eq!(child.wait().expect("it ends").code(), Some(129), "SIGHUP, as a shell tells it");
    let (_, checkpoint) = CheckpointDir::latest(&out).expect("a list").expect("a checkpoint");
    CheckpointDir::read(&checkpoint).expect("whole");
}

#[test]
fn without_a_terminal_it_is_told_in_lines() {
    let home = home();
    let out = home.path().join("run");
    let output = host(home.path()).args(run(&out, &["--steps", "3", "--tui"])).output().expect("host runs");
    let (said, warned) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{warned}");
    assert!(warned.contains("warning: no dashboard, for standard output is no terminal"), "{warned}");
    assert!(said.contains("done      3 steps") && !said.contains('\x1b'), "{said}");

    let output =
        host(home.path()).args(run(&out, &["--tui", "--json"])).stdin(Stdio::null()).output().expect("host runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("'--tui' cannot be used with '--json'"), "{said}");
}
