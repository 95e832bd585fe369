"""Texts and pairs of texts as Transformers' tokenizers frame and cut them, for labels and masked tokens.

Writes `tests/golden/objectives/NAME/` for `bert` (WordPiece, `[CLS] a [SEP] b [SEP]` with token types) and `roberta`
(byte-level BPE, `<s> a </s></s> b </s>` without): a tokenizer made from some pages of the example's novel, and `cases.json`, a
list of {"text", "pair", "max_length", "ids", "types", "special"} with what `tokenizer(text, pair, truncation=True,
max_length=…)` and `get_special_tokens_mask` give.
"""

import json
from collections import Counter
from pathlib import Path

from common import GOLDEN, save_json
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

NOVEL = Path("examples/default/austen.txt").read_text(encoding="utf-8")[:20_000]

TEXTS = (
    "",
    "She was happy.",
    "The youngest of the two daughters of a most affectionate, indulgent father; naïve, but 27!",
    "A [SEP] or </s> in a text is a special token all the same, and 日 is unknown to a small vocabulary.",
)
LENGTHS = (5, 6, 7, 8, 11, 16, 23, 40, 512)


def bert() -> tuple[Tokenizer, dict]:
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    words = Counter(word for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(NOVEL)))
    characters = sorted(set("".join(words)))
    # The frequent halves of words, in an order that is no trainer's whim.
    parts = Counter({part: n for word, n in words.items() for part in (word, word[: len(word) // 2], "##" + word[len(word) // 2 :])})
    frequent = sorted(parts, key=lambda part: (-parts[part], part))[:300]
    entries = dict.fromkeys([*specials, *characters, *("##" + c for c in characters), *frequent])
    tokenizer = Tokenizer(models.WordPiece({entry: i for i, entry in enumerate(entries)}, unk_token="[UNK]"))
    tokenizer.add_special_tokens(specials)
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", specials.index("[CLS]")), ("[SEP]", specials.index("[SEP]"))],
    )
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    return tokenizer, names


def roberta() -> tuple[Tokenizer, dict]:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([NOVEL], trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    return tokenizer, names | {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}


def cases(tokenizer: PreTrainedTokenizerFast) -> list[dict]:
    found = []
    for text in TEXTS:
        for pair in (None, *TEXTS):
            for length in LENGTHS:
                # As lists: a single empty pair would be taken for none.
                texts = [text], None if pair is None else [pair]
                framed = tokenizer(*texts, truncation=True, max_length=length, return_token_type_ids=True)
                [ids], [types] = framed["input_ids"], framed["token_type_ids"]
                special = tokenizer.get_special_tokens_mask(ids, already_has_special_tokens=True)
                case = {"text": text, "pair": pair, "max_length": length}
                found.append(case | {"ids": ids, "types": types, "special": special})
    return found


def main() -> None:
    for make in (bert, roberta):
        folder = GOLDEN / "objectives" / make.__name__
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer, names = make()
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        save_json(folder / "tokenizer_config.json", names)
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases(fast))
        (folder / "cases.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
