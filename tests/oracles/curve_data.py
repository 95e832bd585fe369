"""The data of the golden loss curves: paragraphs of the default text as JSONL.

    python tests/oracles/curve_data.py examples/default/austen.txt tests/golden/curve

`austen-200.jsonl`: 200 paragraphs of 40 to 400 characters, evenly spread over the text, each on one line as {"text": ...}.

`austen-labelled-200.jsonl`: 100 paragraphs of 40 to 200 characters in which somebody speaks, without their quotation marks,
and 100 in which nobody does, each kind evenly spread, all in the order of the text, as {"text": ..., "label": ...} with the
labels "speech" and "narration".
"""

import argparse
import json
from pathlib import Path

RECORDS = 200
CHARACTERS = range(40, 401)
CHARACTERS_LABELLED = range(40, 201)


def spread(paragraphs: list[str], count: int) -> list[str]:
    return [paragraphs[index * len(paragraphs) // count] for index in range(count)]


def labelled(paragraphs: list[str]) -> list[dict]:
    """What somebody says has a quotation mark; it is taken out, or it would tell the label."""
    paragraphs = [paragraph for paragraph in paragraphs if len(paragraph) in CHARACTERS_LABELLED]
    speech = set(spread([paragraph for paragraph in paragraphs if '"' in paragraph], RECORDS // 2))
    narration = set(spread([paragraph for paragraph in paragraphs if '"' not in paragraph], RECORDS // 2))
    return [
        {"text": paragraph.replace('"', ""), "label": "speech" if paragraph in speech else "narration"}
        for paragraph in dict.fromkeys(paragraphs)
        if paragraph in speech | narration
    ]


def write(path: Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    lengths = [len(record["text"]) for record in records]
    print(f"{path}: {len(records)} records of {min(lengths)} to {max(lengths)} characters")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("out", type=Path, help="the folder")
    arguments = parser.parse_args()

    blocks = arguments.text.read_text(encoding="utf-8").split("\n\n")
    paragraphs = [" ".join(block.split()) for block in blocks]
    some = spread([paragraph for paragraph in paragraphs if len(paragraph) in CHARACTERS], RECORDS)
    write(arguments.out / "austen-200.jsonl", [{"text": paragraph} for paragraph in some])
    write(arguments.out / "austen-labelled-200.jsonl", labelled(paragraphs))


if __name__ == "__main__":
    main()
