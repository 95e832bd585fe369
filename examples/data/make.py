"""The data of the recipes, from three texts in the public domain: the King James Bible, the novels of Jane Austen (which are
here already), and Ambrose Bierce's "The Devil's Dictionary".

    python3 examples/data/make.py KJV.txt DEVIL.txt

The first has one verse a line, `Prv10:4 He becometh poor …`, the second entries between blank lines, as Debian's packages
bible-kjv and dict-devil have them:

    bible -f -l100000 'gen1:1-rev22:21' > KJV.txt
    zcat /usr/share/dictd/devil.dict.dz > DEVIL.txt
"""

import json
import random
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOVELS = HERE.parent / "default/austen.txt"
GENRES = {
    "gospel": ["Mat", "Mark", "Luke", "John"],
    "law": ["Lev", "Deu"],
    "letter": ["Rom", "1Cor", "2Cor", "Gal", "Eph", "Phi", "Col", "Heb"],
    "proverb": ["Prv"],
    "psalm": ["Psa"],
}
# What Bierce's time thought of peoples is nothing to teach a model.
PEOPLES = r"negro|nigger|jew|hebrew|abor.gin|chin(a|ese)|mongol|african|savage|ethiop|slave|indian|heathen|moham|mussul"
LEFT_OUT = re.compile(PEOPLES, re.IGNORECASE)
TRAIN, HELD_OUT = 100, 30
CHARACTERS = range(60, 241)


def verses(path):
    """Book, chapter and text of each verse."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"(\w+?)(\d+):\d+ (.+)", line):
            yield match[1], int(match[2]), match[3].strip()


def novel_paragraphs():
    for paragraph in NOVELS.read_text(encoding="utf-8").split("\n\n"):
        text = " ".join(paragraph.split())
        if text[-1:] in {".", "!", "?", '"'} and not text.isupper():
            yield text


def write(name, records):
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    (HERE / name).write_text("".join(lines), encoding="utf-8")


def split(name, records, held_out):
    write(f"{name}.jsonl", records[held_out:])
    write(f"{name}-held-out.jsonl", records[:held_out])


def genres(bible, draw):
    """Verses and paragraphs, labelled with the kind of book that they are from."""
    texts = {genre: [text for book, _, text in bible if book in books] for genre, books in GENRES.items()}
    texts["novel"] = list(novel_paragraphs())
    chosen = {g: draw.sample([t for t in ts if len(t) in CHARACTERS], TRAIN + HELD_OUT) for g, ts in texts.items()}
    mixed = [[{"text": t, "label": g} for g, ts in chosen.items() for t in ts[part]] for part in
             (slice(HELD_OUT), slice(HELD_OUT, None))]
    for records in mixed:
        draw.shuffle(records)
    split("genres", mixed[0] + mixed[1], len(mixed[0]))


def proverbs(bible, draw):
    """Sayings of two halves as conversations: the user begins, the assistant ends."""
    records = []
    for book, chapter, text in bible:
        halves = re.split(r"(?<=\w)[:;] ", text)
        if book == "Prv" and 10 <= chapter <= 29 and len(halves) == 2 and halves[1][-1] == ".":
            records.append(chat(f"Complete the proverb: {halves[0]}", halves[1]))
    draw.shuffle(records)
    split("proverbs", records, 60)


def chat(question, answer):
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def dictionary(path, draw):
    """Entries of one paragraph or more: whole as documents, and their first sentences as answers to a question."""
    entries = re.split(r"\n(?=[A-Z][A-Z'-]+, (?:[a-z]+\.)+  )", path.read_text(encoding="latin-1"))[1:]
    documents, conversations = [], []
    for entry in entries:
        prose = [" ".join(p.split()) for p in entry.split("\n\n") if not p.startswith(" ")]
        if LEFT_OUT.search(entry) or not prose:
            continue
        word, definition = re.fullmatch(r"([A-Z'-]+), \S+ (.+)", prose[0]).groups()
        documents.append({"text": "\n".join(prose)})
        sentences = re.match(r".{20,240}?[.!?](?= [A-Z]|$)", definition)
        if sentences:
            conversations.append(chat(f"Define: {word.lower()}", sentences[0]))
    draw.shuffle(documents)
    draw.shuffle(conversations)
    split("dictionary", documents[:400], 40)
    split("definitions", conversations[:460], 60)


def novel(draw):
    """Paragraphs of Jane Austen's."""
    paragraphs = [text for text in novel_paragraphs() if 200 <= len(text) <= 600]
    split("novel", [{"text": text} for text in draw.sample(paragraphs, 240)], 40)


def main():
    bible = list(verses(Path(sys.argv[1])))
    draw = random.Random(7)
    genres(bible, draw)
    proverbs(bible, draw)
    dictionary(Path(sys.argv[2]), draw)
    novel(draw)


if __name__ == "__main__":
    main()
