"""Conversations as Transformers renders, tokenises and masks them, for the chat templates of five model families.

Writes `tests/golden/templates/`: `conversations.json`, a list of {"name", "messages", "tools"?}, and for each family

- `tokenizer.json`, `tokenizer_config.json`: a stand-in, since the real vocabularies are large: the family's normaliser,
  pre-tokeniser, post-processor and special tokens around merges learnt from a page of the example's novel;
- `chat_template.jinja`: the family's own template, as TRL ships it (Apache 2.0, `trl/chat_templates/`); SmolLM2's is that
  of HuggingFaceTB/SmolLM2-135M-Instruct, `tokenizer_config.json`;
- `marked.jinja`: the same with `{% generation %}` around what the assistant says, end-of-turn token included and the line
  break behind it not. The script checks that it renders the same;
- `training.jinja`: TRL's template for training, where TRL has one for this template. It may render otherwise;
- `cases.json`: by conversation, {"ids", "mask"} of `chat_template.jinja`, the mask being that of `marked.jinja`, or {"error"}
  where the template refuses; under "training" {"ids", "mask"} of `training.jinja`.

Ids and masks are `apply_chat_template(…, return_dict=True, return_assistant_tokens_mask=True)`. Today is 25 November 2026.
Where TRL's template gives the same ids, the script checks that TRL masks the same tokens, but for the line break.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from common import GOLDEN, save_json
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils
from trl import chat_template_utils as trl_templates

FOLDER = GOLDEN / "templates"
NOVEL = Path("examples/default/austen.txt").read_text(encoding="utf-8")[:20_000]
SHIPPED = Path(trl_templates.__file__).parent / "chat_templates"
MERGES = 200


class Today(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return datetime.datetime(2026, 11, 25, 12, tzinfo=tz)


def user(content: object) -> dict:
    return {"role": "user", "content": content}


def assistant(content: object, **more: object) -> dict:
    return {"role": "assistant", "content": content} | more


def system(content: object) -> dict:
    return {"role": "system", "content": content}


def tool(content: object) -> dict:
    return {"role": "tool", "name": "weather", "content": content}


def call(name: str = "weather", **arguments: object) -> dict:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


def text(content: str) -> list[dict]:
    return [{"type": "text", "text": content}]


WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather at a place, in °C & <degrees>.",
        "parameters": {
            "type": "object",
            "properties": {"place": {"type": "string", "enum": ["Bath", "Köln"]}, "days": {"type": "number"}},
            "required": ["place"],
        },
    },
}
CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}}}
ASKED = [system("Be brief."), user("How is the weather in Bath?")]
THOUGHT = "She asks for the weather.\nI answer."

CONVERSATIONS: dict[str, list[dict] | dict] = {
    "a question and its answer": [user("Who was Emma?"), assistant("Emma Woodhouse.")],
    "a system prompt": [system("Be brief."), user("Who was Emma?"), assistant("Emma Woodhouse.")],
    "several turns": [
        system("You know the novel."),
        *(user("Who was Emma?"), assistant("Handsome, clever, and rich.")),
        *(user("And Jane?"), assistant("Accomplished.\n\nAnd poor.")),
        *(user("Thanks!"), assistant("You are welcome.")),
    ],
    "a last turn of the user": [user("Who was Emma?"), assistant("Emma Woodhouse."), user("And Jane?")],
    "only the user": [user("Who was Emma?")],
    "the assistant begins": [assistant("May I help?"), user("Who was Emma?"), assistant("Emma Woodhouse.")],
    "the assistant begins after a system prompt": [system("Be brief."), assistant("May I help?"), user("No.")],
    "two turns of the assistant in a row": [user("Who was Emma?"), assistant("Emma."), assistant("Woodhouse.")],
    "the same answer twice": [user("Yes?"), assistant("Yes."), user("Yes."), assistant("Yes.")],
    "empty contents": [system(""), user(""), assistant(""), user("?"), assistant("")],
    "space around contents": [system(" \n Be brief. \n"), user("\n\tWho? "), assistant(" \n Emma. \n\n"), user(" ")],
    "unicode": [
        system("Ne parle qu’en français: naïve, nai\u0308ve, Å, A\u030a."),
        user("日本語と한국어 и русский, 😀👩‍👩‍👧 \u00a0\u3000\u200b"),
        assistant("مرحبا\u2028\u0301é"),
    ],
    "special tokens in contents": [
        user("<|im_end|> <|eot_id|> <end_of_turn> <bos>"),
        assistant("a<|im_end|>b<|eot_id|>c<end_of_turn>d"),
        user("So?"),
        assistant("So."),
    ],
    "headers in contents": [
        user("<|im_start|>assistant\nNo."),
        assistant("Yes."),
        user("<start_of_turn>model\n"),
        assistant("Yes."),
    ],
    "contents in parts": [system(text("Be brief.")), user([*text("Who "), *text("was Emma?")]), assistant(text(" Emma. "))],
    "a system prompt in parts": [system(text("Be brief.")), user("Who?"), assistant("Emma.")],
    "tools that are not used": {"messages": [*ASKED, assistant("I do not know.")], "tools": [WEATHER, CLOCK]},
    "no tools in a list": {"messages": [*ASKED, assistant("I do not know.")], "tools": []},
    "a call and its result": {
        "messages": [
            *(*ASKED, assistant("", tool_calls=[call(place="Bath", days=2)])),
            *(tool('{"degrees": 12.5}'), assistant("12.5 °C.")),
        ],
        "tools": [WEATHER],
    },
    "a call with words": {
        "messages": [
            *(*ASKED, assistant("Let me see.", tool_calls=[call(place="Bath")])),
            *(tool("rain"), assistant("It rains."), user("Thanks!"), assistant("Any time.")),
        ],
        "tools": [WEATHER],
    },
    "a call of no content": {
        "messages": [*ASKED, assistant(None, tool_calls=[call(place="Bath")]), tool("rain"), assistant("It rains.")],
        "tools": [WEATHER],
    },
    "a call without content": {
        "messages": [
            *(*ASKED, {"role": "assistant", "tool_calls": [call(place="Bath")]}),
            *(tool("rain"), assistant("It rains.")),
        ],
        "tools": [WEATHER],
    },
    "a call at the end": {"messages": [*ASKED, assistant("", tool_calls=[call(place="Bath")])], "tools": [WEATHER]},
    "two calls at once": {
        "messages": [
            *(*ASKED, assistant("Let me see.", tool_calls=[call(place="Bath"), call("clock")])),
            *(tool("rain"), tool("noon"), assistant("It rains at noon.")),
        ],
        "tools": [WEATHER, CLOCK],
    },
    "calls one after the other": {
        "messages": [
            *(*ASKED, assistant("", tool_calls=[call(place="Bath")]), tool("rain")),
            *(assistant("", tool_calls=[call("clock")]), tool("noon"), assistant("It rains at noon.")),
            *(user("And in Köln?"), assistant("", tool_calls=[call(place="Köln")]), tool("sun"), assistant("Sun.")),
        ],
        "tools": [WEATHER, CLOCK],
    },
    "arguments of every type": {
        "messages": [
            user("Count."),
            assistant(
                "",
                tool_calls=[
                    call(
                        floats=[0.1, 1.0, -0.0, 1e16, 123456789012345680.0, 1e-7, 0.0001, 2.5e-5, 1e300],
                        whole=[0, -7, 9007199254740993, 18446744073709551615],
                        others=[True, False, None, {}, [], {"a": {"b": []}}],
                        texts=["<é> & 'x'", '"\\/\b\f\n\r\t\u0001\u007f', "日😀"],
                    )
                ],
            ),
            tool("done"),
            assistant("Done."),
        ],
        "tools": [WEATHER],
    },
    "arguments as text": {
        "messages": [
            user("Count."),
            assistant("", tool_calls=[{"function": {"name": "weather", "arguments": '{"place":"Bath"}'}}]),
            assistant("Done."),
        ],
    },
    "a result that is an object": {
        "messages": [*ASKED, assistant("", tool_calls=[call()]), tool({"degrees": [1, 2.0]}), assistant("1 to 2.")],
        "tools": [WEATHER],
    },
    "thinking": [user("Who?"), assistant("Emma.", reasoning_content=THOUGHT)],
    "thinking in several turns": [
        *(user("Who?"), assistant("Emma.", reasoning_content=THOUGHT)),
        *(user("And?"), assistant("Jane.", reasoning_content="Another.")),
    ],
    "thinking by other names": [
        *(user("Who?"), assistant("Emma.", thinking="First.")),
        *(user("And?"), assistant("Jane.", reasoning="Second.")),
    ],
    "thinking in the content": [
        *(user("Who?"), assistant(f"<think>\n{THOUGHT}\n</think>\n\nEmma.")),
        *(user("And?"), assistant("<think>\n\n</think>\n\nJane.")),
    ],
    "thinking before a call": {
        "messages": [
            *(*ASKED, assistant("", reasoning_content=THOUGHT, tool_calls=[call(place="Bath")]), tool("rain")),
            assistant("It rains.", reasoning_content="It does."),
        ],
        "tools": [WEATHER],
    },
    "thinking before a call, and another question": {
        "messages": [
            *(*ASKED, assistant("I look.", reasoning_content=THOUGHT, tool_calls=[call(place="Bath")]), tool("rain")),
            *(assistant("It rains.", reasoning_content="It does."), user("Thanks!"), assistant("Any time.")),
        ],
        "tools": [WEATHER],
    },
}

SMOLLM2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN = LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}")


def byte_level(split: pre_tokenizers.PreTokenizer, specials: list[str]) -> Tokenizer:
    """Byte-level BPE with the special tokens after its vocabulary."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=256 + MERGES, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([NOVEL], trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in specials])
    return tokenizer


def smollm2() -> Tokenizer:
    split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return byte_level(pre_tokenizers.Sequence(split), ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])


def split_first(pattern: str) -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def llama() -> Tokenizer:
    named = ["begin_of_text", "end_of_text", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag"]
    tokenizer = byte_level(split_first(LLAMA_3), [f"<|{name}|>" for name in named])
    bos = "<|begin_of_text|>"
    template = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), template])
    return tokenizer


def qwen3() -> Tokenizer:
    tokenizer = byte_level(split_first(QWEN), ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.normalizer = normalizers.NFC()
    plain = [f"<{slash}{name}>" for name in ("think", "tool_call", "tool_response") for slash in ("", "/")]
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in plain])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def gemma3() -> Tokenizer:
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", behavior="merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=len(specials) + 256 + 100 + MERGES, special_tokens=specials + fallback, initial_alphabet=["\n"], show_progress=False
    )
    # In lines, or the whole page would be one word.
    tokenizer.train_from_iterator(NOVEL.split("\n"), trainer)
    # Bytes are in the vocabulary, but no text stands for them.
    saved = json.loads(tokenizer.to_str())
    saved["added_tokens"] = [token for token in saved["added_tokens"] if token["content"] in specials]
    tokenizer = Tokenizer.from_str(json.dumps(saved))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", specials.index("<bos>"))]
    )
    return tokenizer


@dataclass
class Family:
    tokenizer: Callable[[], Tokenizer]
    template: str
    names: dict[str, str]
    # What stands in the template, and what in the marked one.
    marks: list[tuple[str, str]] = field(default_factory=list)


def shipped(name: str) -> str:
    return (SHIPPED / f"{name}.jinja").read_text(encoding="utf-8")


OPEN, CLOSE = "{%- generation %}", "{%- endgeneration %}"
IS_ASSISTANT = "{%- if message['role'] == 'assistant' %}"
LLAMA_TEXT = "message['content'] | trim + '<|eot_id|>' }}"
LLAMA_MARKS = [
    (
        "'<|end_header_id|>\\n\\n'+ " + LLAMA_TEXT,
        "'<|end_header_id|>\\n\\n' }}" + IS_ASSISTANT + OPEN + "{{- " + LLAMA_TEXT + CLOSE + "{%- else %}{{- " + LLAMA_TEXT
        + "{%- endif %}",
    ),
    ("""{{- '{"name": "' + tool_call.name""", OPEN + """{{- '{"name": "' + tool_call.name"""),
    ('{{- "}" }}', '{{- "}" }}' + CLOSE),
]
GEMMA_START = "    {%- if message['content'] is string -%}\n        {{ message['content'] | trim }}"
GEMMA_TEXT = GEMMA_START + shipped("gemma3").partition(GEMMA_START)[2].partition("    {{ '<end_of_turn>")[0]

FAMILIES = {
    "smollm2": Family(
        smollm2,
        SMOLLM2,
        {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>", "unk_token": "<|endoftext|>"},
        [
            (
                "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}",
                "{{'<|im_start|>' + message['role'] + '\n'}}{% if message['role'] == 'assistant' %}{% generation %}"
                "{{message['content'] + '<|im_end|>'}}{% endgeneration %}{% else %}{{message['content'] + '<|im_end|>'}}"
                "{% endif %}{{'\n'}}",
            )
        ],
    ),
    "llama3.1": Family(
        llama,
        shipped("llama3_1"),
        {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        [
            *LLAMA_MARKS,
            (
                '        {%- else %}\n            {{- "<|eot_id|>" }}',
                '        {%- else %}\n            ' + OPEN + '{{- "<|eot_id|>" }}' + CLOSE,
            ),
        ],
    ),
    "llama3.2": Family(
        llama,
        shipped("llama3_2"),
        {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        [*LLAMA_MARKS[:2], ('{{- "}" }}\n        {{- "<|eot_id|>" }}', '{{- "}" }}\n        {{- "<|eot_id|>" }}' + CLOSE)],
    ),
    "qwen3": Family(
        qwen3,
        shipped("qwen3"),
        {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"},
        [
            (
                "        {%- if loop.index0 > ns.last_query_index %}",
                "        {{- '<|im_start|>' + message.role + '\\n' }}" + OPEN + "{%- if loop.index0 > ns.last_query_index %}",
            ),
            ("{{- '<|im_start|>' + message.role + '\\n<think>", "{{- '<think>"),
            ("{{- '<|im_start|>' + message.role + '\\n' + content }}", "{{- content }}"),
            (
                "        {{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}",
                "        {{- '<|im_end|>' }}" + CLOSE + "{{- '\\n' }}\n    {%- elif message.role == \"tool\" %}",
            ),
        ],
    ),
    "gemma3": Family(
        gemma3,
        shipped("gemma3"),
        {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"},
        [
            (
                GEMMA_TEXT,
                "{%- if role == 'model' -%}{%- generation -%}" + GEMMA_TEXT + "{{ '<end_of_turn>' }}{%- endgeneration -%}"
                "{%- else -%}" + GEMMA_TEXT + "{{ '<end_of_turn>' }}{%- endif -%}",
            ),
            ("    {{ '<end_of_turn>\n' }}\n{%- endfor", "    {{ '\n' }}\n{%- endfor"),
        ],
    ),
}


def marked(family: Family) -> str:
    template = family.template
    for plain, with_marks in family.marks:
        if plain not in template:
            raise SystemExit(f"the template has no {plain!r}")
        template = template.replace(plain, with_marks)
    return template


def conversation(value: list[dict] | dict) -> dict:
    return value if isinstance(value, dict) else {"messages": value}


def encode(tokenizer: PreTrainedTokenizerFast, template: str, given: dict) -> tuple[list[int], list[int]] | str:
    """Ids and mask, or what the template raised."""
    try:
        out = tokenizer.apply_chat_template(
            given["messages"],
            tools=given.get("tools"),
            chat_template=template,
            tokenize=True,
            return_dict=True,
            return_assistant_tokens_mask=True,
        )
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return out["input_ids"], out["assistant_masks"]


def case(encoded: tuple[list[int], list[int]] | str) -> dict:
    if isinstance(encoded, str):
        return {"error": encoded}
    ids, mask = encoded
    return {"ids": ids, "mask": "".join(map(str, mask))}


def without_line_breaks(tokenizer: PreTrainedTokenizerFast, ids: list[int], mask: list[int]) -> list[int]:
    """A mask less the white space behind the special token that ends a turn."""
    special = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
    kept = list(mask)
    for at in range(1, len(ids)):
        ends = at + 1 == len(ids) or not mask[at + 1]
        if ends and ids[at - 1] in special and tokenizer.decode([ids[at]]).isspace():
            kept[at] = 0
    return kept


def write(name: str, family: Family) -> None:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    stand_in = family.tokenizer()
    stand_in.save(str(folder / "tokenizer.json"), pretty=False)
    save_json(folder / "tokenizer_config.json", family.names)
    # From the file, as anyone would load it.
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **family.names)
    tokenizer.chat_template = family.template
    with_marks = marked(family)
    (folder / "chat_template.jinja").write_text(family.template, encoding="utf-8")
    (folder / "marked.jinja").write_text(with_marks, encoding="utf-8")
    try:
        training = trl_templates.get_training_chat_template(tokenizer)
    except ValueError:
        training = None
    if training:
        (folder / "training.jinja").write_text(training, encoding="utf-8")

    cases, alike = {}, 0
    for title, value in CONVERSATIONS.items():
        given = conversation(value)
        plain, masked = (encode(tokenizer, template, given) for template in (family.template, with_marks))
        refused = isinstance(plain, str)
        if refused != isinstance(masked, str) or not refused and plain[0] != masked[0]:
            raise SystemExit(f"{name}, {title}: the marks change the text: {plain}, {masked}")
        cases[title] = case(plain if refused else masked)
        if not training:
            continue
        trained = encode(tokenizer, training, given)
        cases[title]["training"] = case(trained)
        if not isinstance(trained, str) and not refused and trained[0] == masked[0]:
            alike += 1
            if without_line_breaks(tokenizer, *trained) != masked[1]:
                raise SystemExit(f"{name}, {title}: TRL masks other tokens: {trained}, {masked}")
    lines = ",\n".join(f"{json.dumps(title)}: {json.dumps(found, ensure_ascii=False)}" for title, found in cases.items())
    (folder / "cases.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    errors = sum("error" in found for found in cases.values())
    print(f"{name}: {len(cases)} conversations, {errors} refused; {alike} as TRL's template for training has them")


def main() -> None:
    chat_template_utils.datetime = Today
    FOLDER.mkdir(parents=True, exist_ok=True)
    listed = [{"name": title} | conversation(value) for title, value in CONVERSATIONS.items()]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in listed)
    (FOLDER / "conversations.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    for name, family in FAMILIES.items():
        write(name, family)


if __name__ == "__main__":
    main()
