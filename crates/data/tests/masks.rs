//! What the loss counts, seen as text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{
    CHATML, all, bos_tokenizer, chat_tokenizer, counted, first_sample, load, load_error, tokenizer, tokenizer_with,
};
use graftwork_data::{DataOptions, LossOn, Tokenizer};

const EOS: &str = "<|endoftext|>";

const CHAT: &str = r#"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Who?"},
{"role":"assistant","content":"Emma."},{"role":"user","content":"And?"},{"role":"assistant","content":"Jane."}]}"#;

fn counted_in(tokenizer: &Tokenizer, record: &str, loss_on: LossOn) -> Vec<String> {
    let line = record.replace('\n', "");
    counted(&load(tokenizer, "a.jsonl", &line, DataOptions { loss_on, ..DataOptions::default() }), tokenizer)
}

#[test]
fn all_of_a_text_but_its_first_token_counts_and_eos_ends_it() {
    let tokenizer = tokenizer();
    let data = load(&tokenizer, "a.jsonl", r#"{"text":"Emma was happy."}"#, DataOptions::default());
    let mut expected = tokenizer.encode("Emma was happy.", true).unwrap();
    expected.push(0);
    assert_eq!(first_sample(&data).ids(), expected);
    let first = tokenizer.decode(&expected[..1], false).unwrap();
    let rest = format!("Emma was happy.{EOS}").split_off(first.len());
    assert_eq!(counted(&data, &tokenizer), [rest]);
}

#[test]
fn eos_is_not_doubled() {
    let tokenizer = tokenizer_with(&[("config.json", r#"{"eos_token_id":2}"#), ("generation_config.json", "{}")]);
    let data = load(&tokenizer, "a.jsonl", r#"{"text":"Emma"}"#, DataOptions::default());
    assert_eq!(first_sample(&data).ids().iter().filter(|&&id| id == 2).count(), 1);
}

#[test]
fn only_the_completion_and_eos_count() {
    let record = r#"{"prompt":"Who is she?","completion":" Emma Woodhouse."}"#;
    assert_eq!(counted_in(&tokenizer(), record, LossOn::Auto), [format!(" Emma Woodhouse.{EOS}")]);
    assert_eq!(counted_in(&tokenizer(), record, LossOn::Completion), [format!(" Emma Woodhouse.{EOS}")]);
    let all = counted_in(&tokenizer(), record, LossOn::All).concat();
    assert!(all.ends_with(&format!("she? Emma Woodhouse.{EOS}")), "{all}");
}

#[test]
fn the_ids_are_those_of_prompt_and_completion_read_together() {
    let tokenizer = tokenizer();
    let data = load(&tokenizer, "a.jsonl", r#"{"prompt":"A: ","completion":"the house"}"#, DataOptions::default());
    let sample = first_sample(&data);
    let mut expected = tokenizer.encode("A: the house", false).unwrap();
    expected.push(0);
    assert_eq!(sample.ids(), expected);
    // " the" straddles the boundary: it holds bytes of the completion, so it counts.
    assert_eq!(counted(&data, &tokenizer), [format!(" the house{EOS}")]);
}

#[test]
fn bos_begins_every_record_and_never_counts() {
    let tokenizer = bos_tokenizer();
    let record = r#"{"prompt":"Who?","completion":" Emma."}"#;
    assert_eq!(counted_in(&tokenizer, record, LossOn::Auto), [format!(" Emma.{EOS}")]);
    assert_eq!(counted_in(&tokenizer, record, LossOn::All), [format!("Who? Emma.{EOS}")]);
    // Of a text file, only the first window begins the text.
    let data = load(&tokenizer, "a.txt", "Emma was\nhappy.", DataOptions { max_length: 3, ..DataOptions::default() });
    let first: Vec<_> = all(data.train_rows()).iter().map(|row| row.segments()[0].ids()[0] == 1).collect();
    assert!(first[0] && first.len() > 1 && !first[1..].contains(&true), "{first:?}");
}

#[test]
fn alpaca_counts_the_output() {
    let record = r#"{"instruction":"Name her.","output":" Emma."}"#;
    assert_eq!(counted_in(&tokenizer(), record, LossOn::Auto), [format!(" Emma.{EOS}")]);
}

#[test]
fn assistant_turns_count_with_their_end_tokens() {
    for loss_on in [LossOn::Auto, LossOn::Assistant] {
        let counted = counted_in(&chat_tokenizer(CHATML), CHAT, loss_on);
        assert_eq!(counted, ["Emma.<|im_end|>", "Jane.<|im_end|>"]);
    }
}

#[test]
fn without_an_end_token_the_line_break_is_the_end_and_counts() {
    let plain = "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}\
                 {% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";
    assert_eq!(counted_in(&chat_tokenizer(plain), CHAT, LossOn::Auto), [" Emma.\n", " Jane.\n"]);
}

#[test]
fn generation_tags_decide_where_the_template_has_them() {
    let marked = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}\
                  {% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}\
                  {% else %}{{ m.content }}<|im_end|>{% endif %}{{ '\n' }}{% endfor %}";
    let expected = ["Emma.<|im_end|>", "Jane.<|im_end|>"];
    assert_eq!(counted_in(&chat_tokenizer(marked), CHAT, LossOn::Auto), expected);
    // A template that shows a turn otherwise once others follow can be masked only by its tags.
    let unstable = format!("{{{{ messages | length }}}}{marked}");
    assert_eq!(counted_in(&chat_tokenizer(&unstable), CHAT, LossOn::Auto), expected);
}

#[test]
fn a_turn_that_looks_otherwise_once_others_follow_is_found_by_its_text() {
    // As Qwen3: thinking is shown in the last turn only.
    let thinking = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}\
                    {% if m.role == 'assistant' and loop.last %}{{ '<think></think>' }}{% endif %}\
                    {{ m.content | trim }}{{ '<|im_end|>\n' }}{% endfor %}\
                    {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    let spaced = CHAT.replace("Emma.", " Emma. ");
    let counted = counted_in(&chat_tokenizer(thinking), &spaced, LossOn::Auto);
    assert_eq!(counted, ["Emma.<|im_end|>", "<think></think>Jane.<|im_end|>"]);
}

/// Like Phi-3's: without a generation prompt, eos stands at the end of whatever there is.
const CLOSED: &str = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}\
                      {{ '<|im_start|>assistant\n' if add_generation_prompt else eos_token }}";

#[test]
fn a_turn_ends_with_the_token_that_usually_ends_it() {
    // The last turn is all that is added, eos included, as in TRL's template for Phi-3.
    let last = format!("Jane.<|im_end|>\n{EOS}");
    assert_eq!(counted_in(&chat_tokenizer(CLOSED), CHAT, LossOn::Auto), ["Emma.<|im_end|>", &last]);
    let spelt = CHAT.replace("Emma.", "<|im_end|> is an end.");
    let counted = counted_in(&chat_tokenizer(CLOSED), &spelt, LossOn::Auto);
    assert_eq!(counted, ["<|im_end|> is an end.<|im_end|>", &last]);
}

#[test]
fn a_turn_need_not_begin_with_all_of_the_generation_prompt() {
    // As Nemotron: the prompt opens the thinking, which is shown in the last turn only.
    let thinking = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}\
                    {% if m.role == 'assistant' and loop.last %}{{ '<think>\n</think>' }}{% endif %}\
                    {{ m.content + '<|im_end|>\n' }}{% endfor %}\
                    {% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}";
    let counted = counted_in(&chat_tokenizer(thinking), CHAT, LossOn::Auto);
    assert_eq!(counted, ["Emma.<|im_end|>", "</think>Jane.<|im_end|>"]);
}

#[test]
fn calls_of_tools_are_said_too_whatever_follows() {
    // As Qwen3: the last turn shows its thinking, and a call is no content.
    let calling = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}\
                   {% if m.role == 'assistant' and loop.last %}{{ '<think></think>' }}{% endif %}\
                   {{ m.content or '' }}{{ m.tool_calls | tojson if m.tool_calls }}{{ '<|im_end|>\n' }}{% endfor %}\
                   {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    let record = r#"{"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":null,"tool_calls":["ask"]},
{"role":"tool","content":"Emma"},{"role":"assistant","content":"Emma.","tool_calls":null}]}"#;
    let counted = counted_in(&chat_tokenizer(calling), record, LossOn::Auto);
    assert_eq!(counted, ["[\"ask\"]<|im_end|>", "<think></think>Emma.<|im_end|>"]);
}

#[test]
fn what_a_tool_gives_back_is_never_taken_for_the_assistants() {
    // As Gemma 4, where the results stand in the turn that asked for them; and the last message looks otherwise.
    let template = "{% for m in messages %}{% if m.role == 'tool' %}{{ m.content + '<|im_end|>\n' }}\
                    {% else %}{{ '<|im_start|>' + m.role + '\n' + ('!' if loop.last else '') }}\
                    {{ m.content + ('' if m.tool_calls else '<|im_end|>\n') }}{% endif %}{% endfor %}\
                    {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    let record = r#"{"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":"I ask.","tool_calls":[1]},
{"role":"tool","content":"Emma"}]}"#;
    let error = load_error(&chat_tokenizer(template), "a.jsonl", record.replace('\n', ""), &DataOptions::default());
    assert!(error.starts_with("a.jsonl:1: message 2: the chat template renders it differently"), "{error}");
}

#[test]
fn the_assistant_may_begin_though_the_template_wants_a_user_first() {
    let wanting = format!("{{% if not messages %}}{{{{ raise_exception('no messages') }}}}{{% endif %}}{CHATML}");
    let record = r#"{"messages":[{"role":"assistant","content":"Emma."},{"role":"user","content":"Who?"}]}"#;
    assert_eq!(counted_in(&chat_tokenizer(&wanting), record, LossOn::Auto), ["Emma.<|im_end|>"]);
}

#[test]
fn all_of_a_conversation_counts_if_asked_for_whatever_the_template_does() {
    let unstable = format!("{{{{ messages | length }}}}{CHATML}");
    let all = counted_in(&chat_tokenizer(&unstable), CHAT, LossOn::All).concat();
    assert!(all.starts_with("<|im_start|>system\nBe brief.<|im_end|>\n"), "{all}");
    assert!(all.ends_with("Jane.<|im_end|>\n"), "{all}");
}

#[test]
fn long_samples_are_cut_and_those_with_no_target_left_dropped() {
    let tokenizer = tokenizer();
    let prompt = "She was the youngest of the two daughters of a most affectionate father.";
    let records = format!(
        "{{\"prompt\":\"{prompt}\",\"completion\":\" Yes.\"}}\n{{\"prompt\":\"A\",\"completion\":\" {prompt}\"}}"
    );
    let data = load(&tokenizer, "a.jsonl", &records, DataOptions { max_length: 10, ..DataOptions::default() });
    let stats = data.stats();
    assert_eq!((stats.records, stats.truncated, stats.dropped, stats.train.samples), (2, 2, 1, 1));
    let sample = first_sample(&data);
    assert_eq!((sample.len(), sample.source().line), (10, 2));
}
