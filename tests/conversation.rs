//! Conversations: turn by turn what a fresh prompt would give, whoever answers.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{golden, host, plugin, run, short};
use graftwork::{
    Control, Conversation, DeviceChoice, Ending, Generated, LoadRequest, LoadedModel, NamedAdapter, Prompt, RunConfig,
    Sampling, Turn,
};

const TEMPLATE: &str = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}\
                        {% if add_generation_prompt %}assistant:{% endif %}";

/// A small model with a chat template, made for so many tokens.
fn model(home: &Path, context: u64) -> PathBuf {
    let (from, to) = (golden("curve/models/llama"), home.join(format!("model-{context}")));
    std::fs::create_dir(&to).expect("a folder");
    for file in ["model.safetensors", "tokenizer.json"] {
        std::fs::copy(from.join(file), to.join(file)).expect("copied");
    }
    let text = std::fs::read_to_string(from.join("config.json")).expect("a configuration");
    let mut config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    config["max_position_embeddings"] = context.into();
    std::fs::write(to.join("config.json"), config.to_string()).expect("written");
    std::fs::write(to.join("chat_template.jinja"), TEMPLATE).expect("written");
    to
}

fn adapter(model: &Path, home: &Path, seed: u64) -> PathBuf {
    let mut strategy = plugin("lora");
    strategy.config.insert("rank".to_owned(), 4.into());
    let out = home.join(format!("run-{seed}"));
    let mut config = RunConfig { model: Some(model.to_owned()), seed, ..short(strategy, &out, 6) };
    config.train.learning_rate = Some(0.05);
    config.data.max_length = Some(32);
    run(&config).0.result.expect("an adapter")
}

fn load(model: &Path, adapters: &[(&str, &Path)]) -> LoadedModel {
    let adapters = adapters.iter().map(|(name, path)| NamedAdapter { name: Some((*name).into()), path: path.into() });
    let request =
        LoadRequest { model: Some(model.to_owned()), adapters: adapters.collect(), device: DeviceChoice::Cpu };
    host().load(&request, &Control::new(), &mut |_| {}).expect("a model")
}

fn sampling(seed: u64) -> Sampling {
    Sampling { max_tokens: 10, temperature: 0.8, top_p: 0.95, stop: Vec::new(), seed }
}

fn ask(model: &LoadedModel, to: &mut Conversation, question: &str, adapter: Option<&str>, seed: u64) -> Generated {
    model.ask(to, question, adapter, &sampling(seed), &Control::new(), &mut |_| {}).expect("an answer")
}

/// The answer is what the model gives to the whole conversation at once.
fn asks_as_if_fresh(model: &LoadedModel, to: &mut Conversation, question: &str, adapter: Option<&str>, seed: u64) {
    let prompt = Prompt { content: to.with(question), adapter: adapter.map(str::to_owned) };
    let fresh = model.generate(&[prompt], &sampling(seed), &Control::new(), &mut |_, _| {}).expect("a text");
    let mut pieces = String::new();
    let answer = model.ask(to, question, adapter, &sampling(seed), &Control::new(), &mut |text| pieces.push_str(text));
    let answer = answer.expect("an answer");
    let of = |g: &Generated| (g.text.clone(), g.tokens, g.prompt_tokens, g.ending, g.adapter.clone());
    assert_eq!(of(&answer), of(&fresh[0]), "{question}");
    assert_eq!(pieces, answer.text, "what was shown is what was said");
    let last = to.turns().last().expect("a turn");
    assert_eq!((last.question.as_str(), last.answer.as_str()), (question, answer.text.as_str()));
}

#[test]
fn every_turn_is_what_a_fresh_prompt_gives_whoever_answers() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = model(home.path(), 1024);
    let (a, b) = (adapter(&folder, home.path(), 1), adapter(&folder, home.path(), 2));
    let mut loaded = load(&folder, &[("a", &a), ("b", &b)]);
    let mut talk = Conversation::chat(Some("Be brief.".to_owned()));
    let turns = [("Who is she?", Some("a")), ("And he?", Some("a")), ("Why?", Some("b")), ("When?", None)];
    for (seed, (question, adapter)) in (0..).zip(turns) {
        asks_as_if_fresh(&loaded, &mut talk, question, adapter, seed);
    }
    talk.undo().expect("a turn");
    asks_as_if_fresh(&loaded, &mut talk, "Where?", Some("a"), 7);
    talk.forget().expect("a turn");
    *talk.system().expect("a chat") = None;
    asks_as_if_fresh(&loaded, &mut talk, "Where else?", Some("a"), 8);
    // Another adapter under the name of the one that has read it.
    assert!(loaded.remove("a"));
    loaded.add("a", &b).expect("it fits");
    asks_as_if_fresh(&loaded, &mut talk, "How?", Some("a"), 9);
    let questions: Vec<&str> = talk.turns().iter().map(|turn| turn.question.as_str()).collect();
    assert_eq!(questions, ["And he?", "Why?", "Where?", "Where else?", "How?"]);
}

#[test]
fn a_text_goes_on_where_no_template_is() {
    let home = tempfile::tempdir().expect("a folder");
    let loaded = load(&golden("curve/models/llama"), &[]);
    assert!(!loaded.has_chat_template().expect("a tokenizer"));
    let mut text = Conversation::text();
    assert!(text.system().is_none());
    asks_as_if_fresh(&loaded, &mut text, "It is a truth", None, 1);
    asks_as_if_fresh(&loaded, &mut text, "", None, 2);
    asks_as_if_fresh(&loaded, &mut text, " She said", None, 3);
    let mut talk = Conversation::chat(None);
    let refused = loaded.ask(&mut talk, "Who?", None, &sampling(0), &Control::new(), &mut |_| {});
    assert!(refused.expect_err("no template").to_string().contains("chat template") && talk.turns().is_empty());
    let file = home.path().join("texts.jsonl");
    text.save(&file).expect("saved");
    let line: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).expect("a file")).expect("one line of JSON");
    let written = line["text"].as_str().expect("a text");
    assert!(written.starts_with("It is a truth") && written.ends_with(&text.turns()[2].answer), "{written}");
}

#[test]
fn an_answer_that_is_stopped_stays_as_far_as_it_came() {
    let home = tempfile::tempdir().expect("a folder");
    let loaded = load(&model(home.path(), 1024), &[]);
    let whole = ask(&loaded, &mut Conversation::chat(None), "Who is she?", None, 0);
    let (mut talk, control, mut pieces) = (Conversation::chat(None), Control::new(), 0);
    let stopped = loaded.ask(&mut talk, "Who is she?", None, &sampling(0), &control, &mut |_| {
        pieces += 1;
        if pieces == 3 {
            control.stop();
        }
    });
    let stopped = stopped.expect("an answer");
    assert_eq!(stopped.ending, Ending::Stopped);
    assert!(stopped.tokens < whole.tokens && whole.text.starts_with(&stopped.text), "{stopped:?} {whole:?}");
    let turn = Turn { question: "Who is she?".to_owned(), answer: stopped.text };
    assert_eq!(talk.turns(), [turn]);
    asks_as_if_fresh(&loaded, &mut talk, "And then?", None, 1);
}

#[test]
fn a_conversation_ends_where_the_model_does() {
    let home = tempfile::tempdir().expect("a folder");
    let loaded = load(&model(home.path(), 64), &[]);
    assert_eq!(loaded.context(), 64);
    let mut talk = Conversation::chat(None);
    let long = Sampling { max_tokens: 1000, temperature: 0.0, ..sampling(0) };
    let first = loaded.ask(&mut talk, "Who?", None, &long, &Control::new(), &mut |_| {}).expect("an answer");
    assert_eq!((first.prompt_tokens + first.tokens, first.ending), (64, Ending::Positions));
    let before = talk.turns().to_vec();
    let full = loaded.ask(&mut talk, "Why?", None, &long, &Control::new(), &mut |_| {}).expect_err("no room");
    let message = full.to_string();
    assert!(message.contains("the model was made for 64") && message.contains("oldest turns"), "{message}");
    assert_eq!(talk.turns(), before, "nothing was added");
    talk.forget();
    asks_as_if_fresh(&loaded, &mut talk, "Why?", None, 0);
}
