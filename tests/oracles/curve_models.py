"""The small random models that golden curves start from: GPT-2, Qwen3, BERT, Llama and Qwen2.

    python tests/oracles/curve_models.py

Writes tests/golden/curve/models/NAME/: a Hugging Face folder with the first 512 tokens of the default model's tokenizer, which
are its special tokens, the bytes and its first merges. BERT's, a classifier of two labels, puts <|im_start|> before a text
and <|im_end|> after it, as [CLS] and [SEP] are elsewhere. Llama, which the methods of strategies.py train on, is in bf16 and larger,
so that its matrices have factors; Qwen2 has biases that show. No dropout anywhere.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from common import GOLDEN, TINY, one_thread
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedConfig,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

MODELS = GOLDEN / "curve/models"
VOCABULARY = 512
LABELS = ("narration", "speech")
# Large enough that two layers do something, small enough that they learn as a larger model does.
STD = 0.1
BIAS_STD = 0.3
SPECIAL = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 3}

KINDS: dict[str, tuple[type, PreTrainedConfig]] = {
    "gpt2": (
        GPT2LMHeadModel,
        GPT2Config(
            vocab_size=VOCABULARY,
            n_embd=32,
            n_layer=2,
            n_head=4,
            n_positions=64,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            initializer_range=STD,
            **SPECIAL,
        ),
    ),
    "qwen3": (
        Qwen3ForCausalLM,
        Qwen3Config(
            vocab_size=VOCABULARY,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=16,
            max_position_embeddings=128,
            tie_word_embeddings=True,
            initializer_range=STD,
            **SPECIAL,
        ),
    ),
    "bert": (
        BertForSequenceClassification,
        BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=64,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            # What is pooled is the first token's, the same in each text: attention must tell texts apart.
            initializer_range=2 * STD,
            pad_token_id=3,
            id2label=dict(enumerate(LABELS)),
            label2id={label: index for index, label in enumerate(LABELS)},
        ),
    ),
    "llama": (
        LlamaForCausalLM,
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=128,
            tie_word_embeddings=True,
            initializer_range=STD,
            **SPECIAL,
        ),
    ),
    "qwen2": (
        Qwen2ForCausalLM,
        Qwen2Config(
            vocab_size=VOCABULARY,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=128,
            tie_word_embeddings=True,
            initializer_range=STD,
            **SPECIAL,
        ),
    ),
}


def cut_tokenizer(framed: bool) -> dict:
    """The default model's tokenizer with its first tokens alone; `framed`, with a special token before and after a text."""
    tokenizer = json.loads((TINY / "tokenizer.json").read_text(encoding="utf-8"))
    model = tokenizer["model"]
    model["vocab"] = {token: index for token, index in model["vocab"].items() if index < VOCABULARY}
    model["merges"] = [merge for merge in model["merges"] if "".join(merge) in model["vocab"]]
    if framed:
        special = (("<|im_start|>", 1), ("<|im_end|>", 2))
        first, last = ({"id": token, "ids": [index], "tokens": [token]} for token, index in special)
        text = [{"Sequence": {"id": "A", "type_id": 0}}]
        second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": last["id"], "type_id": 1}}]
        start, end = ([{"SpecialToken": {"id": token["id"], "type_id": 0}}] for token in (first, last))
        tokenizer["post_processor"] = {
            "type": "TemplateProcessing",
            "single": [*start, *text, *end],
            "pair": [*start, *text, *end, *second],
            "special_tokens": {token["id"]: token for token in (first, last)},
        }
    return tokenizer


def make(name: str, folder: Path) -> None:
    architecture, config = KINDS[name]
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(list(KINDS).index(name))
    model = architecture(config)
    if name == "qwen2":
        for bias in (weight for key, weight in model.named_parameters() if key.endswith("bias")):
            torch.nn.init.normal_(bias, std=BIAS_STD)
    if name == "llama":
        model.bfloat16()
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    tokenizer = json.dumps(cut_tokenizer(framed=name == "bert"), ensure_ascii=False)
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    print(f"{folder}: {sum(file.stat().st_size for file in folder.iterdir())} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    one_thread()
    for name in KINDS:
        make(name, MODELS / name)


if __name__ == "__main__":
    main()
