//! `run.toml` as a person writes it, is told of it, and has it written.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::{host, root};
use serde_json::{Value, json};

const DATA: &str = "tests/golden/curve/austen-200.jsonl";
const LORA: &str = "plugins/lora.wasm";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// The object that the output ends with.
fn last(output: &str) -> Value {
    serde_json::from_str(output.lines().last().expect("a report")).expect("JSON")
}

/// What a command prints, where it succeeds.
fn printed(command: &mut Command) -> String {
    let output = command.output().expect("host runs");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// The error of a command that fails.
fn refused(command: &mut Command) -> String {
    let output = command.output().expect("host runs");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    String::from_utf8(output.stderr).expect("text")
}

fn check(home: &Path, arguments: &[&str]) -> Command {
    let mut command = host(home);
    command.args(["check", "--data", DATA]).args(arguments);
    command
}

#[test]
fn what_is_committed_of_the_schema_is_current() {
    let home = tempfile::tempdir().expect("a folder");
    let cases: [(&str, &[&str], &str); 2] = [
        ("docs/run.schema.json", &[], "host schema > docs/run.schema.json"),
        ("docs/configuration.md", &["--markdown"], "host schema --markdown > docs/configuration.md"),
    ];
    for (path, arguments, remedy) in cases {
        let made = printed(host(home.path()).arg("schema").args(arguments));
        let committed = std::fs::read_to_string(root().join(path)).expect("it is committed");
        assert!(made == committed, "{path} is not current: `{remedy}`");
    }
}

#[test]
fn a_schema_with_a_plugin_knows_its_settings() {
    let home = tempfile::tempdir().expect("a folder");
    let text = printed(host(home.path()).args(["schema", "--strategy", LORA, "--strategy", "plugins/full.wasm"]));
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let run = |path: &str, config: Value| json!({ "strategy": [{ "path": path, "config": config }] });
    for (whether, value) in [
        (true, run(LORA, json!({ "rank": 4, "target_modules": ["q_proj"] }))),
        (false, run(LORA, json!({ "rank": "four" }))),
        (false, run(LORA, json!({ "rnak": 4 }))),
        // By way of a reference of the plugin's.
        (false, run(LORA, json!({ "target_modules": [] }))),
        (true, run("plugins/full.wasm", json!({ "freeze_embeddings": true }))),
        (false, run("plugins/full.wasm", json!({ "rank": 4 }))),
        (true, run("plugins/other.wasm", json!({ "rank": "whatever" }))),
    ] {
        assert_eq!(validator.is_valid(&value), whether, "{value}");
    }
}

#[test]
fn every_mistake_of_a_file_is_told_at_its_line() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("run.toml");
    let text = "batch_size = 3\ndevice = \"gpu\"\n[[strategy]]\npath = \"x.wasm\"\nconfigs = {}\n[data]\n\
                files = [\"a.jsonl\", { path = \"b\", wieght = 0.3 }]\neval = 1.5\nmax_length = 1\n[train]\n\
                learnig_rate = 1\nschedule = \"cosin\"\nsteps = \"many\"\nwarmup = { step = 3 }\nepochs = nan\nlr = 1\n";
    std::fs::write(&file, text).expect("written");
    let message = refused(host(home.path()).args(["check", "--config"]).arg(&file));
    let place = file.display();
    for part in [
        format!("error[GW0901]: {place}:1: unknown key batch_size; did you mean train.batch_size?\n"),
        format!("{place}:2: device must be text such as \"cpu\", \"cuda:0\", found \"gpu\"\n"),
        format!("{place}:5: unknown key strategy.0.configs; did you mean strategy.0.config?\n"),
        format!("{place}:7: unknown key data.files.1.wieght; did you mean data.files.1.weight?\n"),
        format!("{place}:8: data.eval must be a number from 0 and below 1; or a list, each entry text, found 1.5\n"),
        format!("{place}:9: data.max_length must be a whole number from 2, found 1\n"),
        format!("{place}:11: unknown key train.learnig_rate; did you mean train.learning_rate?\n"),
        format!(
            "{place}:12: train.schedule must be one of \"constant\", \"linear\", \"cosine\", found \"cosin\"; did you mean \"cosine\"?\n"
        ),
        format!("{place}:13: train.steps must be a whole number from 1, found \"many\"\n"),
        format!("{place}:14: train.warmup must be a table of steps; or a table of ratio, found {{\"step\":3}}\n"),
        format!("{place}:15: train.epochs must be a number above 0, found \"nan\"\n"),
        format!("{place}:16: unknown key train.lr (there are: steps, epochs, "),
    ] {
        assert!(message.contains(&part), "`{part}` is not in: {message}");
    }
    // The last line says where there is more.
    assert_eq!(message.lines().count(), 13, "{message}");
    for (text, part) in [
        ("[train]\n\nsteps = 100.0", ":3: train.steps must be a whole number from 1, found 100.0"),
        ("[train]\nsteps = [\n", ":2: "),
        ("seed = 99999999999999999999", ":1: seed must be a whole number, found \"99999999999999999999\""),
        ("sample = 1979-05-27", ":1: sample must be text"),
    ] {
        std::fs::write(&file, text).expect("written");
        let message = refused(host(home.path()).args(["check", "--config"]).arg(&file));
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn keys_of_a_run_and_settings_of_strategies_are_set_alike() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("run.toml");
    std::fs::write(&file, "[train]\nepochs = 2\nlearning_rate = 1e-5\n").expect("written");
    let config = file.display().to_string();
    let report = |arguments: &[&str]| -> Value {
        let mut command = check(home.path(), &["--config", &config, "--strategy", LORA]);
        last(&printed(command.arg("--json").args(arguments)))
    };
    let rate = |report: &Value| report["learning_rate"].as_f64().expect("a number");
    let plain = report(&[]);
    assert_eq!(rate(&plain), 1e-5, "the file");
    let set = report(&["--set", "train.learning_rate=3e-4", "--set", "data.max_length=48", "--set", "train.steps=7"]);
    assert_eq!((rate(&set), &set["steps"]), (3e-4, &json!(7)), "--set over the file, and steps over epochs");
    assert!(set["data"]["train"]["longest"].as_u64().is_some_and(|longest| longest <= 48), "{set}");
    let flag = report(&["--set", "train.learning_rate=3e-4", "--learning-rate", "5e-4"]);
    assert_eq!(rate(&flag), 5e-4, "a flag over --set");
    assert_eq!(rate(&report(&["--set", "train.learning_rate=null"])), 2e-4, "the default again");
    assert_eq!(report(&["--set", "run.train.steps=1e1"])["steps"], 10);
    let tensor = |report: &Value| report["adapters"][0]["tensors"][0].to_string();
    for (key, part) in [("rank=3", "[3,"), ("lora.rank=5", "[5,"), ("strategy.0.config.rank=6", "[6,")] {
        let report = report(&["--set", key, "--set", "seed=7"]);
        assert!(tensor(&report).contains(part), "{key}: {}", tensor(&report));
    }
    let listed =
        report(&["--set", "data.eval=[\"tests/golden/curve/austen-200.jsonl\"]", "--set", "train.warmup.steps=2"]);
    assert_eq!(listed["data"]["eval"]["samples"], 200, "{}", listed["data"]);
}

#[test]
fn what_is_set_wrongly_is_told_with_what_is_admitted() {
    let home = tempfile::tempdir().expect("a folder");
    for (arguments, part) in [
        (&["train.learning_rate=fast"][..], "--set: train.learning_rate must be a number above 0, found \"fast\""),
        (&["train.learnig_rate=1"], "did you mean train.learning_rate?"),
        (&["learning_rate=1"], "did you mean train.learning_rate?"),
        (&["rnak=4"], "did you mean rank?"),
        (&["sample=42"], "sample must be text, found 42; as text it is '\"42\"'"),
        (&["train.schedule=cosin"], "did you mean \"cosine\"?"),
        (
            &["train.warmup.steps=1", "train.warmup.ratio=0.1"],
            "train.warmup must be a table of steps; or a table of ratio",
        ),
        (&["data.files.0=x"], "--set data.files.0: "),
        (&["strategy=[]"], "plugins are named by `--strategy`"),
        (&["strategy.1.config.rank=2"], "strategy.NUMBER.config.SETTING"),
        (&["run.rank=2"], "neither run.toml nor a strategy has such a key"),
        (&["lora.rank=none"], "rank"),
    ] {
        let mut command = check(home.path(), &["--strategy", LORA]);
        for argument in arguments {
            command.args(["--set", argument]);
        }
        let message = refused(&mut command);
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    // All at once.
    let mut command = check(home.path(), &["--strategy", LORA, "--set", "rnak=4", "--set", "train.steps=x"]);
    assert_eq!(refused(&mut command).lines().count(), 3, "two, and where there is more");
    let mut two = check(home.path(), &["--strategy", "plugins/rank-select.wasm", "--strategy", LORA]);
    assert!(refused(two.args(["--set", "alpha=4"])).contains("rank-select.alpha or lora.alpha"));
    let flag = check(home.path(), &["--strategy", LORA, "--learnin-rate", "1"]).output().expect("host runs");
    let message = said(&flag);
    assert!(flag.status.code() == Some(2) && message.contains("'--learning-rate'"), "{message}");
}

/// Writes a file by `init`, and has it checked as it is.
fn initialised(home: &Path, arguments: &[&str]) -> (Value, String, Value) {
    let out = home.join("new.toml");
    let text = printed(host(home).args(["init", "--json", "--out"]).arg(&out).args(arguments));
    let checked = printed(host(home).args(["check", "--json", "--config"]).arg(&out));
    (last(&text), std::fs::read_to_string(&out).expect("the file"), last(&checked))
}

#[test]
fn init_without_arguments_writes_the_run_that_comes_with_the_program() {
    let home = tempfile::tempdir().expect("a folder");
    let (report, text, checked) = initialised(home.path(), &[]);
    assert_eq!((&checked["steps"], &report["data"]["lengths"]), (&json!(100), &Value::Null), "{report}");
    assert_eq!(report["candidates"].as_array().map(Vec::len), Some(2), "{report}");
    // 1.2 million tokens are more than adapters of 224 thousand weights hold.
    assert!(report["chosen"] == 1 && text.contains("path = \"full\"\n"), "{text}");
    for part in ["\nmax_length = 128\n", "\nsteps = 100\n", "\n#freeze_embeddings = false\n", "\n#seed = 42\n"] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    let again = refused(host(home.path()).args(["init", "--out"]).arg(home.path().join("new.toml")));
    assert!(again.contains("new.toml"), "{again}");
    printed(
        host(home.path()).args(["init", "--overwrite", "--strategy", LORA, "--out"]).arg(home.path().join("new.toml")),
    );
    let out = home.path().join("run");
    let config = home.path().join("new.toml").display().to_string();
    // Its data would take a minute.
    let less = [format!("data.files=[\"{DATA}\"]"), "data.eval=0".to_owned(), "train.steps=2".to_owned()];
    let mut run = host(home.path());
    run.args(["run", "--config", &config, "--out"]).arg(&out);
    printed(run.args(less.iter().flat_map(|setting| ["--set", setting])));
    assert!(out.join("adapter").is_dir());
}

#[test]
fn every_key_that_init_leaves_can_be_taken_in_where_it_stands() {
    let home = tempfile::tempdir().expect("a folder");
    let (_, text, _) = initialised(home.path(), &["--strategy", LORA]);
    let schema: Value =
        serde_json::from_str(&printed(host(home.path()).args(["schema", "--strategy", LORA]))).expect("JSON");
    let sections = ["/properties", "/properties/data/properties", "/properties/train/properties"];
    let keys = sections.iter().flat_map(|place| schema.pointer(place).and_then(Value::as_object).expect("keys").keys());
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{key} = ")));
    let missing: Vec<_> =
        keys.filter(|key| !["strategy", "data", "train"].contains(&key.as_str()) && !has(key)).collect();
    assert!(missing.is_empty(), "{missing:?} are not in {text}");
    let file = home.path().join("taken.toml");
    let is_key =
        |line: &&str| line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut count = 0;
    for line in text.lines().filter(is_key) {
        std::fs::write(&file, text.replacen(&format!("\n{line}\n"), &format!("\n{}\n", &line[1..]), 1))
            .expect("written");
        // There is no such plugin; by then what the file says is understood.
        let message = refused(host(home.path()).args(["check", "--strategy", "none.wasm", "--config"]).arg(&file));
        assert!(message.contains("none.wasm"), "{line}: {message}");
        count += 1;
    }
    assert!(count > 25, "{count} keys in {text}");
}

#[test]
fn init_looks_at_a_chat_and_lays_short_records_together() {
    let home = tempfile::tempdir().expect("a folder");
    let model = home.path().join("model");
    std::fs::create_dir(&model).expect("a folder");
    for entry in std::fs::read_dir(root().join("tests/golden/curve/models/llama")).expect("a model") {
        let path = entry.expect("a file").path();
        std::fs::copy(&path, model.join(path.file_name().expect("a name"))).expect("copied");
    }
    let template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";
    std::fs::write(model.join("chat_template.jinja"), template).expect("written");
    let data = home.path().join("chat.jsonl");
    let record = |i: usize| {
        // Most are short, a twentieth is longer, and one in a hundred and fifty much longer.
        let times = if i % 150 == 149 {
            40
        } else if i % 20 == 19 {
            10
        } else {
            1
        };
        let answer = "so it is ".repeat(times);
        json!({ "messages": [{ "role": "user", "content": "Is it?" }, { "role": "assistant", "content": answer }] })
            .to_string()
    };
    std::fs::write(&data, (0..300).map(record).collect::<Vec<_>>().join("\n")).expect("written");
    let (model, data) = (model.display().to_string(), data.display().to_string());
    let (report, text, checked) = initialised(home.path(), &["--model", &model, "--data", &data, "--strategy", LORA]);
    assert_eq!(report["data"]["sources"][0]["format"], "chat");
    let lengths = &report["data"]["lengths"];
    let number = |value: &Value| value.as_u64().expect("a number");
    let longest = number(&report["config"]["data"]["max_length"]);
    assert!(
        number(&lengths["p99"]) <= longest && longest < number(&lengths["longest"]),
        "{lengths}, rows of {longest}"
    );
    assert_eq!(checked["data"]["truncated"].as_u64(), Some(2), "{}", checked["data"]);
    let packed = checked["data"]["rows_per_epoch"] == report["data"]["rows_per_epoch"];
    assert!(packed, "rows as foreseen: {} and {}", checked["data"], report["data"]);
    assert_eq!(report["config"]["data"]["packing"], true, "{text}");
    assert!(text.contains("99 % of the records have up to"), "{text}");
}

#[test]
fn init_finds_classes_and_has_bert_tell_them_apart() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments =
        ["--model", "tests/golden/curve/models/bert", "--data", "tests/golden/curve/austen-labelled-200.jsonl"];
    let (report, text, checked) = initialised(home.path(), &arguments);
    assert_eq!(report["model"]["task"], "sequence-classification");
    assert!(text.contains("\nlabels = [\"narration\", \"speech\"]\n"), "{text}");
    assert!(!text.contains("\npacking = true"), "a row has one label: {text}");
    let limit = report["model"]["positions"].as_u64().expect("a number");
    assert!(report["config"]["data"]["max_length"].as_u64().is_some_and(|length| length <= limit), "{report}");
    // 190 labels are less than what any adapter holds.
    assert_eq!((&report["chosen"], &checked["strategy"]), (&json!(0), &json!("lora")));
    let memory = |key: &str| report["candidates"][0]["way"][key].as_u64().expect("a number");
    let estimate = checked["memory"]["total"].as_u64().expect("a number");
    assert!(memory("bytes").abs_diff(estimate) < estimate / 5, "{} and {estimate}", memory("bytes"));
}

#[test]
fn init_needs_nothing_but_the_program() {
    let home = tempfile::tempdir().expect("a folder");
    let data = root().join(DATA).display().to_string();
    printed(host(home.path()).current_dir(home.path()).args(["init", "--data", &data]));
    let text = std::fs::read_to_string(home.path().join("run.toml")).expect("the file");
    assert!(text.contains("path = \"lora\"\n") || text.contains("path = \"full\"\n"), "{text}");
    printed(host(home.path()).current_dir(home.path()).args(["check", "--config", "run.toml"]));
}
