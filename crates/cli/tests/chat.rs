//! `host chat`, through a pipe and in a terminal.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use common::root;
use serde_json::Value;

const TEMPLATE: &str = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}\
                        {% if add_generation_prompt %}assistant:{% endif %}";

/// A folder with a small model that has a chat template, and two adapters of it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        let (from, to) = (root().join("tests/golden/curve/models/llama"), home.path("model"));
        std::fs::create_dir(&to).expect("a folder");
        for file in ["model.safetensors", "tokenizer.json"] {
            std::fs::copy(from.join(file), to.join(file)).expect("copied");
        }
        let config = std::fs::read_to_string(from.join("config.json")).expect("a configuration");
        let longer = config.replace("\"max_position_embeddings\": 128", "\"max_position_embeddings\": 100000");
        std::fs::write(to.join("config.json"), longer).expect("written");
        std::fs::write(to.join("chat_template.jinja"), TEMPLATE).expect("written");
        for (name, rate) in [("a", "0.05"), ("b", "0.02")] {
            let mut train = home.host(&["run", "--strategy", "plugins/lora.wasm", "--set", "rank=4", "--steps", "8"]);
            train.args(["--data", "tests/golden/curve/austen-200.jsonl", "--max-length", "32", "--lr", rate]);
            train.arg("--model").arg(&to);
            let trained = train.arg("--out").arg(home.path(name)).output().expect("host runs");
            assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stderr));
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn host(&self, arguments: &[&str]) -> Command {
        let mut command = common::host(self.0.path());
        command.env("XDG_STATE_HOME", self.path("state")).args(arguments);
        command
    }

    /// A chat with the model and both adapters, of likeliest tokens.
    fn chat(&self, arguments: &[&str]) -> Command {
        let mut command = self.host(&["chat", "--temperature", "0"]);
        command.arg("--model").arg(self.path("model")).arg("--adapter").arg(self.path("a"));
        command.arg("--adapter").arg(format!("second={}", self.path("b").display())).args(arguments);
        command
    }

    /// The chat's output for these lines.
    fn says(&self, arguments: &[&str], lines: &str) -> Output {
        let mut command = self.chat(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("host starts");
        child.stdin.take().expect("piped").write_all(lines.as_bytes()).expect("written");
        child.wait_with_output().expect("it ends")
    }

    /// The same as JSON, of a chat in which nothing was wrong.
    fn tells(&self, arguments: &[&str], lines: &str) -> Vec<Value> {
        let output = self.says(&[&["--json", "--max-tokens", "6"], arguments].concat(), lines);
        assert!(output.status.success(), "{}", text(&output.stdout));
        objects(&output)
    }
}

/// The lines of the output, but for those that tell what goes on.
fn objects(output: &Output) -> Vec<Value> {
    let stdout = text(&output.stdout);
    let lines = stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line.get("event").is_none()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[test]
fn a_chat_through_a_pipe_switches_adapters_and_compares_them() {
    let home = Home::new();
    let told = home.tells(&[], "Who?\n/use second\nWhy?\n/use base\nWhen?\n/retry\n/compare\n/stats\n");
    let of = |key: &str| told.iter().map(|line| line[key].clone()).collect::<Vec<_>>();
    let names: Vec<Value> =
        ["a", "second", "", "", "", "a", "second"].map(|n| if n.is_empty() { Value::Null } else { n.into() }).into();
    assert_eq!(of("adapter")[..7], names);
    assert_eq!(of("ending")[0], "max_tokens");
    assert!(of("text")[..7].iter().all(Value::is_string), "{told:?}");
    assert_eq!((&told[3]["text"], &told[4]["text"]), (&told[2]["text"], &told[2]["text"]), "likeliest tokens stay");
    let answers: HashSet<&str> = told[4..7].iter().filter_map(|line| line["text"].as_str()).collect();
    assert_eq!(answers.len(), 3, "each answers in its own way: {told:?}");
    assert_eq!((&told[7]["answers"], &told[7]["tokens"]), (&4.into(), &24.into()), "{told:?}");
    assert!(told[2]["prompt_tokens"].as_u64() > told[1]["prompt_tokens"].as_u64(), "the conversation grows");

    // The first answer is what `generate --chat` gives.
    let mut generate = home.host(&["generate", "--chat", "Who?", "--json", "--max-tokens", "6", "--adapter"]);
    let alone = generate.arg(home.path("a")).arg("--model").arg(home.path("model")).output().expect("host runs");
    let alone = objects(&alone);
    assert_eq!((&alone[0]["text"], &alone[0]["prompt_tokens"]), (&told[0]["text"], &told[0]["prompt_tokens"]));
}

#[test]
fn adapters_are_loaded_and_dropped_and_turns_taken_back() {
    let home = Home::new();
    let load =
        format!("/load third={}\n/use third\nWho?\n/adapters\n/drop third\n/adapters\n", home.path("b").display());
    let told = home.tells(&[], &format!("{load}/undo\n/use second\nWho?\n"));
    let listed = |at: usize| told[at]["adapters"].as_array().expect("a list").len();
    assert_eq!((listed(1), listed(2)), (3, 2), "{told:?}");
    assert_eq!((&told[1]["using"], &told[2]["using"]), (&"third".into(), &"base".into()));
    assert!(told[1]["adapters"][2]["weights"].as_u64() > Some(0) && told[1]["weights"].as_u64() > Some(0));
    let same = |key: &str| told[0][key] == told[3][key];
    assert!(same("text") && same("prompt_tokens"), "the same question, by the same adapter: {told:?}");
}

#[test]
fn a_saved_conversation_can_be_trained_on() {
    let home = Home::new();
    let file = home.path("talk.jsonl");
    std::fs::write(&file, r#"{"messages":[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}"#)
        .expect("written without a line's end");
    let save = format!("/save {}\n", file.display());
    home.tells(&["--system", "Be brief."], &format!("Who\\\nis she?\n{save}/clear\n//etc\n/system\n{save}"));
    let lines: Vec<Value> = std::fs::read_to_string(&file)
        .expect("a file")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let said = |line: usize| {
        let messages = lines[line]["messages"].as_array().expect("messages").iter();
        messages
            .map(|m| (m["role"].as_str().expect("a role"), m["content"].as_str().expect("text")))
            .collect::<Vec<_>>()
    };
    assert_eq!((lines.len(), said(0)), (3, vec![("user", "A"), ("assistant", "B")]), "what was there stays");
    assert_eq!(said(1)[..2], [("system", "Be brief."), ("user", "Who\nis she?")]);
    assert_eq!((said(1).len(), said(1)[2].0), (3, "assistant"));
    assert_eq!((said(2).len(), said(2)[0]), (2, ("user", "/etc")));
    let mut check = home.host(&["check", "--strategy", "plugins/lora.wasm", "--json", "--model"]);
    let checked = check.arg(home.path("model")).arg("--data").arg(&file).output().expect("host runs");
    assert!(checked.status.success(), "{}", text(&checked.stderr));
}

#[test]
fn what_is_wrong_ends_a_script_and_says_what_would_be_right() {
    let home = Home::new();
    let cases: [(&[&str], &str, &[&str]); 12] = [
        (&[], "/compair\n", &["no such command, did you mean /compare?"]),
        (&[], "/use thrid\n", &["no adapter is called `thrid`", "a, second"]),
        (&[], "/use\n", &["write /use NAME"]),
        (&[], "/drop base\n", &["no adapter is called `base`"]),
        (&[], "/load a=nowhere\n", &["two are called `a`"]),
        (&[], "/load nowhere\n", &["nowhere"]),
        (&[], "/set temprature=1\n", &["did you mean temperature?"]),
        (&[], "/set top_p=2\n", &["top_p=2: it must be a number from 0 to 1"]),
        (&[], "/save talk.txt\n", &["name it .jsonl"]),
        (&[], "/retry\n", &["/retry: nothing was asked yet"]),
        (&["--raw"], "/system Be brief.\n", &["chat template"]),
        (&["--use", "nobody"], "Who?\n", &["no adapter is called `nobody`"]),
    ];
    for (arguments, line, parts) in cases {
        let output = home.says(arguments, &format!("{line}Who?\n"));
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{line}: {said}");
        for part in parts {
            assert!(said.contains(part) && !said.contains("panicked"), "`{part}` is not in: {said}");
        }
    }
    let json = home.says(&["--json"], "/nothing\n");
    let told = objects(&json);
    assert!(told[0]["error"].as_str().is_some_and(|error| error.contains("/help")), "{told:?}");
}

#[test]
fn texts_are_continued_and_standard_output_has_nothing_else() {
    let home = Home::new();
    let output = home.says(&["--raw", "--max-tokens", "5"], "It is a truth\n\nShe\n");
    assert!(output.status.success());
    assert_eq!(text(&output.stderr).matches("what you type is continued").count(), 1);
    let generated = |prompt: &str, tokens: &str| {
        let mut generate = home.host(&["generate", prompt, "--max-tokens", tokens, "--adapter"]);
        let output = generate.arg(home.path("a")).arg("--model").arg(home.path("model")).output();
        text(&output.expect("host runs").stdout)
    };
    let first = generated("It is a truth", "5");
    let more = generated(&format!("It is a truth{}", first.trim_end_matches('\n')), "5");
    assert_eq!(text(&output.stdout), first + &more + &generated("She", "5"));
}

#[cfg(target_os = "linux")]
mod terminal {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::process::{Child, Command};

    use super::{Home, common, root};

    /// A terminal with a chat in it.
    struct Terminal {
        screen: File,
        child: Child,
        /// What it shows that no test has looked at.
        unread: Vec<u8>,
    }

    impl Terminal {
        fn with(home: &Home) -> Self {
            let (screen, open) = common::terminal();
            let chat = home.chat(&["--max-tokens", "100000"]);
            // Whoever starts the tests may ignore the signal, as a script's `&` does, and the program would too.
            let mut command = Command::new("env");
            command
                .args(["--default-signal=INT", "setsid", "--ctty", "--wait"])
                .arg(chat.get_program())
                .args(chat.get_args())
                .current_dir(root());
            command.env("XDG_STATE_HOME", home.path("state")).env("TERM", "xterm");
            common::alone(&mut command, home.0.path());
            let child = command.stdin(open()).stdout(open()).stderr(open()).spawn().expect("setsid starts");
            Self { screen, child, unread: Vec::new() }
        }

        fn types(&mut self, keys: &str) {
            self.screen.write_all(keys.as_bytes()).expect("typed");
        }

        /// Waits for a text and so many bytes after it; gives what is shown up to there.
        fn shows(&mut self, what: &str, more: usize) -> String {
            let mut block = [0; 4096];
            loop {
                let found = self.unread.windows(what.len()).position(|window| window == what.as_bytes());
                if let Some(end) = found.map(|at| at + what.len() + more).filter(|&end| end <= self.unread.len()) {
                    let read: Vec<u8> = self.unread.drain(..end).collect();
                    return String::from_utf8_lossy(&read).into_owned();
                }
                let count = self.screen.read(&mut block).unwrap_or(0);
                let shown = String::from_utf8_lossy(&self.unread);
                assert!(count > 0, "it ended before it showed `{what}`: {shown}");
                self.unread.extend(&block[..count]);
            }
        }

        fn ends(mut self) -> Option<i32> {
            // Until the other end is closed, which is an error here.
            let _ = self.screen.read_to_end(&mut Vec::new());
            self.child.wait().expect("it ends").code()
        }
    }

    #[test]
    fn answers_come_as_they_are_written_and_ctrl_c_ends_one() {
        let home = Home::new();
        let mut terminal = Terminal::with(&home);
        terminal.shows("a> ", 0);
        terminal.types("/us\tsec\t\r");
        terminal.shows("second answers", 0);
        terminal.shows("second> ", 0);
        terminal.types("Who is she?\r");
        // Far less than it would write: it is shown before it is done.
        terminal.shows("she?", 200);
        terminal.types("\x03");
        terminal.shows("second> ", 0);
        terminal.types("/stats\r");
        let stats = terminal.shows("seed=1", 0);
        assert!(stats.contains("answers   1: ") && !stats.contains("answers   1: 0 tokens"), "{stats}");
        // What is typed goes first, then the chat.
        terminal.shows("second> ", 0);
        terminal.types("half a quest\x03");
        terminal.types("/nothing\r");
        terminal.shows("no such command", 0);
        terminal.shows("second> ", 0);
        terminal.types("\x03");
        assert_eq!(terminal.ends(), Some(0));

        let mut again = Terminal::with(&home);
        again.shows("a> ", 0);
        again.types("\x1b[A");
        again.shows("/nothing", 0);
        again.types("\x03\x04");
        assert_eq!(again.ends(), Some(0), "Ctrl+D ends it");
    }
}
