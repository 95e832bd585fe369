//! Real bad inputs, and the codes that they are told with.

use std::fs;
use std::path::Path;

use crate::{DATA, LLAMA, ended, err, host, lines, root, short};

/// A folder with everything that can be wrong with files.
fn spoilt(home: &Path) {
    let write = |name: &str, text: &[u8]| {
        let path = home.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("json.jsonl", b"{\"text\": \"a b c\"}\n{\"text\": 'a'}\n");
    write("latin.txt", b"caf\xe9 caf\xe9 caf\xe9");
    write("list.jsonl", b"[1, 2]\n");
    write("key.jsonl", b"{\"prompt\": \"a\", \"completoin\": \"b\"}\n");
    write("type.jsonl", b"{\"text\": 3}\n");
    write("format.jsonl", b"{\"question\": \"a\", \"answer\": \"b\"}\n");
    write("empty.jsonl", b"\n");
    write("unknown.bin", b"\0\x01\x02");
    write("mixed.jsonl", b"{\"text\": \"a b c d\"}\n{\"prompt\": \"a\", \"completion\": \"b\"}\n");
    write("chat.jsonl", br#"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#);
    write("none.jsonl", br#"{"messages": []}"#);
    write("speaker.jsonl", br#"{"conversations": [{"from": "narrator", "value": "a"}]}"#);
    write("table.csv", b"text,label\n\"a,b\n");
    write("plugin.wasm", b"no plugin");
    write("bad.toml", b"[train]\nstpes = 3\n");
    write("taken/notes.txt", b"mine");
    write("pickled/adapter_config.json", br#"{"peft_type": "LORA", "r": 2, "lora_alpha": 2}"#);
    write("pickled/adapter_model.bin", b"pickle");
    write("ia3/adapter_config.json", br#"{"peft_type": "IA3"}"#);
    write("empty-folder/x.unknown", b"");
    let model = |name: &str, file: &str, change: &dyn Fn(Vec<u8>) -> Option<Vec<u8>>| {
        for entry in fs::read_dir(root().join(LLAMA)).expect("the model") {
            let from = entry.expect("a file").path();
            let own = from.file_name().and_then(|name| name.to_str()).expect("a name");
            let bytes = fs::read(&from).expect("read");
            if let Some(bytes) = if own == file { change(bytes) } else { Some(bytes) } {
                write(&format!("{name}/{own}"), &bytes);
            }
        }
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    model("no-config", "config.json", &|_| None);
    model("cut-config", "config.json", &|bytes| Some(bytes[..bytes.len() / 2].to_vec()));
    model("other-family", "config.json", &|bytes| Some(text(bytes).replace("\"llama\"", "\"mamba\"").into()));
    model("no-key", "config.json", &|bytes| Some(text(bytes).replace("\"hidden_size\"", "\"size\"").into()));
    model("other-size", "config.json", &|bytes| {
        Some(text(bytes).replace("\"vocab_size\": ", "\"vocab_size\": 1").into())
    });
    model("cut-weights", "model.safetensors", &|bytes| Some(bytes[..bytes.len() - 100].to_vec()));
    model("no-weights", "model.safetensors", &|_| None);
    model("no-safetensors", "model.safetensors", &|_| Some(b"{}".repeat(100)));
    model("no-tokenizer", "tokenizer.json", &|_| None);
}

#[test]
fn what_people_get_wrong_has_a_code_a_place_and_a_remedy() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name).display().to_string();
    spoilt(home.path());
    let trained = home.path().join("trained");
    let first = ended(host(home.path()).args(short(&trained)));
    assert!(first.status.success(), "{}", err(&first));
    fs::create_dir(home.path().join("nothing")).expect("a folder");

    // A short run with these flags; those of a single value in place of its own.
    let run = |flags: &[&str]| -> Vec<String> {
        let mut all = short(&home.path().join("new"));
        for pair in flags.chunks(2).map(|pair| [pair[0].to_owned(), pair[1].to_owned()]) {
            match all.iter().position(|flag| *flag == pair[0] && flag != "--set") {
                Some(place) => drop(all.splice(place..place + 2, pair)),
                None => all.extend(pair),
            }
        }
        all
    };
    let data = |name: &str| {
        let mut all = run(&[]);
        let place = all.iter().position(|flag| flag == DATA).expect("the data");
        all[place] = at(name);
        all
    };
    let model = |name: &str| {
        let mut all = run(&[]);
        let place = all.iter().position(|flag| flag == LLAMA).expect("the model");
        all[place] = at(name);
        all
    };
    let plain = |flags: &[&str]| flags.iter().map(|&flag| flag.to_owned()).collect::<Vec<String>>();
    let strategy = |path: &str| {
        let mut all = run(&[]);
        all.splice(2..5, [path.to_owned()]);
        all
    };
    // What is done, the code, and parts of the message: the place, and what to do.
    let cases: Vec<(Vec<String>, &str, &[&str])> = vec![
        (model("no-such-model/at/all"), "GW0108", &["no-such-model", "check the path"]),
        (model("no-config"), "GW0109", &["no-config", "config.json", "found:"]),
        (model("cut-config"), "GW0107", &["config.json", "line"]),
        (model("no-weights"), "GW0110", &["model.safetensors", "found:"]),
        (model("cut-weights"), "GW0111", &["model.safetensors", "copy or download it again"]),
        (model("no-safetensors"), "GW0112", &["no-safetensors/model.safetensors"]),
        (model("other-family"), "GW0404", &["other-family", "mamba", "there are: "]),
        (model("no-key"), "GW0401", &["no-key", "hidden_size"]),
        (model("other-size"), "GW0406", &["other-size", "config.json asks for"]),
        (model("no-tokenizer"), "GW0223", &["no-tokenizer", "tokenizer.json"]),
        (data("no-such-file.jsonl"), "GW0201", &["no-such-file.jsonl"]),
        (data("latin.txt"), "GW0202", &["latin.txt:1", "save the file as UTF-8"]),
        (data("json.jsonl"), "GW0203", &["json.jsonl:2", "column"]),
        (data("list.jsonl"), "GW0204", &["list.jsonl:1", "must be a JSON object"]),
        (data("key.jsonl"), "GW0207", &["key.jsonl:1", "is `completoin` meant to be `completion`?"]),
        (data("type.jsonl"), "GW0206", &["type.jsonl:1", "`text` must be"]),
        (data("format.jsonl"), "GW0207", &["format.jsonl:1", "`question`", "expected `text`"]),
        (data("unknown.bin"), "GW0208", &["unknown.bin", "give `format`"]),
        (data("empty.jsonl"), "GW0209", &["empty.jsonl", "empty"]),
        (data("empty-folder"), "GW0209", &["empty-folder", "one ends in"]),
        (data("*.none"), "GW0211", &["*.none"]),
        (data("table.csv"), "GW0213", &["table.csv"]),
        (data("mixed.jsonl"), "GW0218", &["mixed.jsonl:2", "a file of its own"]),
        (data("speaker.jsonl"), "GW0219", &["speaker.jsonl:1", "known are"]),
        (data("none.jsonl"), "GW0222", &["none.jsonl:1", "at least one message"]),
        (data("chat.jsonl"), "GW0225", &["chat template", "instruct model"]),
        (run(&["--max-length", "1"]), "GW0229", &["max_length"]),
        (
            run(&["--eval", "0", "--early-stopping", "2", "--eval-every", "1"]),
            "GW0803",
            &["early_stopping", "give `eval`"],
        ),
        (run(&["--steps", "0"]), "GW0801", &["`steps` is 0", "must be"]),
        (
            run(&["--lr", "1e30", "--steps", "20", "--out", &at("nan")]),
            "GW0804",
            &["step ", "before any weight was changed"],
        ),
        (run(&["--config", &at("bad.toml")]), "GW0901", &["bad.toml", "stpes", "steps"]),
        (run(&["--config", &at("no.toml")]), "GW0901", &["no.toml", "cannot be read"]),
        (run(&["--set", "rnak=4"]), "GW0901", &["rnak", "did you mean rank"]),
        (run(&["--set", "target_modules=[\"q_porj\"]"]), "GW0504", &["target_modules", "q_porj", "q_proj"]),
        (run(&["--set", "rank=0"]), "GW0504", &["rank"]),
        (run(&["--out", &at("taken")]), "GW0120", &["taken", "Choose a new or empty folder"]),
        (run(&["--out", "/proc/graftwork/run"]), "GW0101", &["cannot create /proc/graftwork"]),
        (run(&["--task", "masked-lm"]), "GW0405", &["masked-lm", "it does: "]),
        (strategy(&at("no.wasm")), "GW0501", &["no.wasm", "cannot be read"]),
        (strategy(&at("plugin.wasm")), "GW0502", &["plugin.wasm"]),
        (strategy("plugins/ties.wasm"), "GW0901", &["ties", "host merge --composer"]),
        (plain(&["eval", "--model", "org/absent", "--data", DATA]), "GW0308", &["org/absent", "HF_HUB_OFFLINE"]),
        (
            plain(&["eval", "--data", DATA, "--adapter", &at("pickled"), "--model", LLAMA]),
            "GW1307",
            &["pickled", "save_file"],
        ),
        (
            plain(&["eval", "--data", DATA, "--adapter", &at("ia3"), "--model", LLAMA]),
            "GW1301",
            &["ia3", "host import"],
        ),
        (
            plain(&["eval", "--data", DATA, "--adapter", &at("trained"), "--model", "examples/default/model"]),
            "GW0406",
            &["trained", "another model than", "--model"],
        ),
        (plain(&["merge", &at("trained"), "--out", &at("taken")]), "GW0103", &["taken", "overwritten"]),
        (
            plain(&["merge", &at("trained"), "--out", &at("taken"), "--overwrite"]),
            "GW0104",
            &["taken", "another place"],
        ),
        (plain(&["merge", &at("nothing"), "--out", &at("m")]), "GW0901", &["give --model"]),
        (plain(&["merge", &at("no-such-run"), "--out", &at("m")]), "GW0108", &["no-such-run", "check the path"]),
        (plain(&["export", "--format", "gguf-lora", "--out", &at("x.gguf")]), "GW0901", &["adapter: none is given"]),
        (
            plain(&["export", &at("trained"), "--format", "gguf", "--folded", "--out", &at("x")]),
            "GW0901",
            &["--folded", "--format peft"],
        ),
        (plain(&["resume", &at("taken")]), "GW0120", &["taken"]),
        (plain(&["resume", &at("no-such-run")]), "GW0108", &["no-such-run", "check the path"]),
        (plain(&["verify", &at("taken")]), "GW0406", &["taken", "nothing that can be verified"]),
        (plain(&["plugin", "build", &at("taken")]), "GW1105", &["taken", "Cargo.toml"]),
        (plain(&["plugin", "new", "My Method", "--into", &at("")]), "GW1101", &["My Method"]),
        (plain(&["plugin", "new", "taken", "--into", &at("")]), "GW1102", &["taken", "another name"]),
        (plain(&["man", "plugin", "biuld"]), "GW0901", &["biuld", "build"]),
        (plain(&["doctor", "--need", "cobol"]), "GW0901", &["cobol", "there are: "]),
    ];
    let mut wrong = Vec::new();
    for (arguments, code, parts) in cases {
        let output = ended(host(home.path()).args(&arguments));
        let said = err(&output);
        let (begins, ends) = (format!("error[{code}]: "), format!("\nfor more: host explain {code}"));
        let told =
            said.contains(&begins) && said.trim_end().ends_with(&ends) && parts.iter().all(|part| said.contains(part));
        let neat = !said.contains("panicked") && !said.contains('\u{1b}') && !home.path().join("new").exists();
        if output.status.code() != Some(1) || !told || !neat {
            wrong.push(format!("{code} with {parts:?}, {arguments:?}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn as_json_an_error_is_the_last_line_of_standard_output() {
    let home = tempfile::tempdir().expect("a folder");
    let mut arguments = short(&home.path().join("run"));
    arguments.extend(["--data", "no-such-file.jsonl", "--json"].map(str::to_owned));
    let output = ended(host(home.path()).args(arguments));
    let last = lines(&output).pop().expect("an object");
    assert_eq!((&last["code"], &last["exit"]), (&"GW0201".into(), &1.into()), "{last}");
    assert!(last["error"].as_str().is_some_and(|text| text.contains("no-such-file.jsonl")), "{last}");
    assert!(!err(&output).contains("error"), "{}", err(&output));
}

#[test]
fn a_missing_tool_is_named_with_the_command_that_installs_it() {
    let home = tempfile::tempdir().expect("a folder");
    let made = ended(host(home.path()).args(["plugin", "new", "mine", "--lang", "c", "--into"]).arg(home.path()));
    assert!(made.status.success(), "{}", err(&made));
    let output = ended(host(home.path()).args(["plugin", "build"]).arg(home.path().join("mine")).env("PATH", "/none"));
    let said = err(&output);
    assert!(said.contains("error[GW1106]: ") && said.contains("apt-get install clang lld"), "{said}");
}
