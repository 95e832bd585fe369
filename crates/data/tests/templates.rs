//! Chat templates render as Transformers renders them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{CHATML, chat_tokenizer, tokenizer_with};
use graftwork_data::Message;
use serde_json::json;

fn messages() -> Vec<Message> {
    vec![Message::new("system", "Be brief."), Message::new("user", " Hi "), Message::new("assistant", "Hello.")]
}

#[track_caller]
fn renders(template: &str, expected: &str) {
    assert_eq!(chat_tokenizer(template).render_chat(&messages(), false).unwrap(), expected);
}

#[test]
fn chatml() {
    let tokenizer = chat_tokenizer(CHATML);
    assert!(tokenizer.has_chat_template());
    assert_eq!(
        tokenizer.render_chat(&messages()[1..2], true).unwrap(),
        "<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n"
    );
}

#[test]
fn blocks_are_trimmed_and_indents_stripped() {
    renders(
        "{% for m in messages %}\n    {% if m.role == 'user' %}\n{{ m.content }}\n    {% endif %}\n{% endfor %}\n",
        " Hi \n",
    );
}

#[test]
fn python_methods_and_slices() {
    renders(
        "{{ messages[1].content.strip().upper() }} {{ messages[1:] | length }} {{ messages[-1]['role'] }}",
        "HI 2 assistant",
    );
    renders("{{ messages[0].get('name', 'none') }} {{ 'a,b'.split(',')[1] }}", "none b");
}

#[test]
fn loop_controls_and_namespaces() {
    renders(
        "{% set ns = namespace(n=0) %}{% for m in messages %}{% if m.role == 'user' %}{% continue %}{% endif %}\
         {% set ns.n = ns.n + 1 %}{% if loop.last %}{% break %}{% endif %}{% endfor %}{{ ns.n }}",
        "2",
    );
}

#[test]
fn what_is_not_given_is_none_or_undefined_as_in_python() {
    renders(
        "{{ tools is none }} {{ documents is none }} {{ add_generation_prompt }} {{ custom is defined }}",
        "True True False False",
    );
}

#[test]
fn special_tokens_by_name() {
    renders("{{ bos_token }}{{ eos_token }}{{ unk_token }}", "<|endoftext|><|endoftext|>");
    let tokenizer = tokenizer_with(&[
        ("tokenizer_config.json", r#"{"eos_token":"<|im_end|>","unk_token":{"content":"<|pad|>"}}"#),
        ("chat_template.jinja", "{{ eos_token }}{{ unk_token }}"),
    ]);
    assert_eq!(tokenizer.render_chat(&messages(), false).unwrap(), "<|im_end|><|pad|>");
}

#[test]
fn the_file_goes_before_the_configuration_and_default_before_others() {
    let list = r#"{"chat_template":[{"name":"rag","template":"rag"},{"name":"default","template":"listed"}]}"#;
    let listed = tokenizer_with(&[("tokenizer_config.json", list)]);
    assert_eq!(listed.render_chat(&messages(), false).unwrap(), "listed");
    let both = tokenizer_with(&[("tokenizer_config.json", list), ("chat_template.jinja", "file")]);
    assert_eq!(both.render_chat(&messages(), false).unwrap(), "file");
}

#[test]
fn json_is_written_as_python_writes_it() {
    let mut message = Message::new("user", "<é> & 'x'");
    message.extra.insert("args".to_owned(), json!({"a": [1, 2.5, null], "b": {}, "c": "<é> & 'x'"}));
    let render = |template: &str| chat_tokenizer(template).render_chat(&[message.clone()], false).unwrap();
    assert_eq!(render("{{ messages[0].args | tojson }}"), r#"{"a": [1, 2.5, null], "b": {}, "c": "<é> & 'x'"}"#);
    assert_eq!(render("{{ messages[0].args.a | tojson(indent=4) }}"), "[\n    1,\n    2.5,\n    null\n]");
}

#[test]
fn the_date_is_the_one_that_was_set() {
    let tokenizer = chat_tokenizer("{{ strftime_now('%d %b %Y') }}").with_now(1_721_952_000);
    assert_eq!(tokenizer.render_chat(&messages(), false).unwrap(), "26 Jul 2024");
    let unknown = chat_tokenizer("{{ strftime_now('%Q!') }}");
    assert!(unknown.render_chat(&messages(), false).is_err());
}

#[test]
fn generation_tags_leave_no_trace() {
    renders(
        "{% for m in messages %}\n  {%- generation -%}\n  {{ m.role }}\n  {%- endgeneration -%}\n{% endfor %}",
        "systemuserassistant",
    );
    renders("{% generation %}\na\n{% endgeneration %}\nb", "a\nb");
}
