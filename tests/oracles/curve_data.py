"""The data of the golden loss curves: paragraphs of the default text as JSONL.

    python tests/oracles/curve_data.py examples/default/austen.txt tests/golden/curve/austen-200.jsonl

200 paragraphs of 40 to 400 characters, evenly spread over the text, each on one line as {"text": ...}.
"""

import argparse
import json
from pathlib import Path

RECORDS = 200
CHARACTERS = range(40, 401)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()

    blocks = arguments.text.read_text(encoding="utf-8").split("\n\n")
    paragraphs = [" ".join(block.split()) for block in blocks]
    paragraphs = [paragraph for paragraph in paragraphs if len(paragraph) in CHARACTERS]
    chosen = [paragraphs[index * len(paragraphs) // RECORDS] for index in range(RECORDS)]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"text": paragraph}, ensure_ascii=False) + "\n" for paragraph in chosen)
    arguments.out.write_text("".join(lines), encoding="utf-8")
    lengths = [len(paragraph) for paragraph in chosen]
    print(f"{arguments.out}: {len(chosen)} records of {min(lengths)} to {max(lengths)} characters")


if __name__ == "__main__":
    main()
