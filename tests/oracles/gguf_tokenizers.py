"""Model folders with tokenizers of each kind that llama.cpp knows, for check_gguf.py: random Llamas of two blocks.

    python tests/oracles/gguf_tokenizers.py OUT

Writes OUT/NAME/ with config.json, model.safetensors, tokenizer.json, tokenizer_config.json. The vocabularies are trained on
examples/default/austen.txt; the expressions are those of the models that NAME says.
"""

import argparse
import json
from pathlib import Path

import torch
from common import one_thread
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM

TEXT = "examples/default/austen.txt"
IDS = 1024
SPECIAL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
CASED = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+%s"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*%s"
)
# Expression, and whether merges are ignored for a word that is a token.
EXPRESSIONS = {
    "llama-3": (CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES, True),
    "dbrx": (CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES, False),
    "qwen-2": (CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES, False),
    "qwen-3.5": (
        CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + SPACES,
        False,
    ),
    "gpt-4o": (
        CASED % (CONTRACTIONS + "?", CONTRACTIONS + "?") + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES,
        False,
    ),
    "tekken": (CASED % ("", "") + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES, True),
}


def byte_level(steps: list, ignore_merges: bool, use_regex: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    steps = [*steps, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps) if len(steps) > 1 else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=IDS - 4, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train([TEXT], trainer)
    return tokenizer


def sentencepiece(prefix: bool, metaspace: bool) -> Tokenizer:
    """As in Llama 2 (prefix), or with a Metaspace step as newer conversions have it, or as in Gemma (no prefix)."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    # Trained on words; SentencePiece's merges do not cross their beginnings either.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    trainer = trainers.BpeTrainer(vocab_size=IDS - 4, special_tokens=SPECIAL + BYTES, limit_alphabet=90, show_progress=False)
    tokenizer.train([TEXT], trainer)
    trained = json.loads(tokenizer.to_str())
    trained["added_tokens"] = [token for token in trained["added_tokens"] if token["content"] not in BYTES]
    trained["model"]["merges"] = all_splits(trained["model"])
    trained["pre_tokenizer"] = None
    tokenizer = Tokenizer.from_str(json.dumps(trained))
    if metaspace:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    else:
        replace = normalizers.Replace(" ", "\u2581")
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), replace]) if prefix else replace
    tokenizer.add_tokens([AddedToken("\n\n", normalized=False, special=False)])
    return tokenizer


def all_splits(model: dict) -> list:
    """SentencePiece joins any two tokens that make a third, those first that make the one found first."""
    order = list(dict.fromkeys("".join(pair) for pair in model["merges"]))
    splits = [(token[:cut], token[cut:]) for token in order for cut in range(1, len(token))]
    return [pair for pair in splits if all(part in model["vocab"] for part in pair)]


def word_piece(lowercase: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train([TEXT], trainers.WordPieceTrainer(vocab_size=IDS, special_tokens=special, show_progress=False))
    around = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    return tokenizer


def save(folder: Path, tokenizer: Tokenizer, settings: dict) -> None:
    torch.manual_seed(0)
    sizes = {"vocab_size": IDS, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}
    if "cls_token" in settings:
        model = BertModel(BertConfig(**sizes, max_position_embeddings=256))
    else:
        model = LlamaForCausalLM(LlamaConfig(**sizes, max_position_embeddings=256, initializer_range=0.2))
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    print(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out

    one_thread()
    settings = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    for name, (expression, ignore_merges) in EXPRESSIONS.items():
        split = pre_tokenizers.Split(Regex(expression), behavior="isolated")
        save(out / name, byte_level([split], ignore_merges, use_regex=False), settings)
    save(out / "gpt-2", byte_level([], False, use_regex=True), settings)
    save(out / "smollm", byte_level([pre_tokenizers.Digits(individual_digits=True)], False, use_regex=True), settings)
    save(out / "llama-2", sentencepiece(prefix=True, metaspace=False), settings)
    save(out / "metaspace", sentencepiece(prefix=True, metaspace=True), settings)
    save(out / "gemma", sentencepiece(prefix=False, metaspace=False), settings)
    bert = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]"}
    for name, lowercase in (("bert-uncased", True), ("bert-cased", False)):
        save(out / name, word_piece(lowercase), bert)


if __name__ == "__main__":
    main()
