"""Golden models of all families: small random ones, one for each thing that a reader of model folders may get wrong.

    python tests/oracles/families.py [NAME ...]

Writes tests/golden/models/NAME/ for each model of variants.py: a Hugging Face folder, and beside the weights
`logits.safetensors`. Its tensors, by the model's task (n tokens, b rows, v the vocabulary, l the labels):

- causal: `ids` i64 [n], `logits` f32 [n, v], `loss` f32 [1], the mean cross-entropy of the n - 1 next tokens;
- masked: `ids`, `targets` i64 [n], -100 where nothing is asked, `logits` f32 [n, v], `loss` f32 [1] over what is asked;
- classification: `ids`, `mask`, for BERT `types` (of the tokens) i64 [b, n], `labels` i64 [b], `logits` f32 [b, l],
  `loss` f32 [1], the mean cross-entropy of the labels;
- an encoder without a head: `ids` i64 [n], `hidden` f32 [n, hidden size].

Where a variant asks for it: `grads.safetensors`, the gradient of `loss` by each weight, under the weight's name;
`config.v4.json`, the configuration as Transformers 4 wrote it, of the same model; and `batch.safetensors`: two sequences
right-padded (`padded.ids`, `padded.mask` i64 [2, n], `padded.logits` f32 [2, n, v], zero at the padding) and packed
(`packed.ids`, `packed.positions`, `packed.segments` i64 [m], `packed.logits` f32 [m, v], from each sequence run alone).

The script fails if a feature that a model is for makes no difference, or if attention is near uniform. At the end it prints
how far the numbers are from the same computation in f64.
"""

import argparse

from common import one_thread
from golden_model import make
from variants import VARIANTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # nargs="*" checks its default against `choices`, hence no `choices`.
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(VARIANTS))
    names = parser.parse_args().names or list(VARIANTS)
    if unknown := set(names) - set(VARIANTS):
        parser.error(f"no such model: {', '.join(sorted(unknown))}")

    one_thread()
    measured = {name: make(name) for name in names}
    print("\n| model | largest output | f32 against f64 | gradients, relative |\n|---|---|---|---|")
    for name, found in measured.items():
        gradient = "" if found.gradient is None else f"{found.gradient:.0e}"
        print(f"| `{name}` | {found.largest:.1f} | {found.output:.1e} | {gradient} |")


if __name__ == "__main__":
    main()
