"""Golden logits of a model folder for the two prompts in common.py, with Transformers in f32.

    python tests/oracles/logits.py examples/default/model tests/golden/tiny-llama-logits.safetensors
    python tests/oracles/logits.py SMOLLM2 tests/golden/smollm2-logits.safetensors --every 96

For each prompt P of n tokens: `ids.P` i64 [n], `argmax.P` i64 [n], `logsumexp.P` f32 [n]. Besides, with --every,
`columns` i64 [c] and `logits.P` f32 [n, c], the logits of those tokens of the vocabulary. Without it, `logits.0` f32
[n, vocabulary]; and, as the whole would be large, for the second prompt `last.1` f32 [vocabulary], the last position's, and
`top_ids.1` i64, `top_logits.1` f32 [n, 8], the largest of each position, largest first.
"""

import argparse
from pathlib import Path

import torch
from common import PROMPTS, encode, load_model, logits, one_thread, save_tensors

TOP = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, help="keep every so many columns of the vocabulary")
    arguments = parser.parse_args()

    one_thread()
    model = load_model(arguments.model)
    columns = arguments.every and torch.arange(0, model.config.vocab_size, arguments.every)
    golden = {} if columns is None else {"columns": columns}
    for index, prompt in enumerate(PROMPTS):
        ids = encode(arguments.model, prompt)
        values = logits(model, ids)
        print(f"prompt {index}: {len(ids)} ids {ids.tolist()}, largest |logit| {values.abs().max():.3f}")
        golden |= {
            f"ids.{index}": ids,
            f"argmax.{index}": values.argmax(-1),
            f"logsumexp.{index}": values.logsumexp(-1),
        }
        if columns is not None:
            golden[f"logits.{index}"] = values[:, columns]
        elif index == 0:
            golden["logits.0"] = values
        else:
            top = values.topk(TOP)
            golden |= {"last.1": values[-1], "top_ids.1": top.indices, "top_logits.1": top.values}
    save_tensors(arguments.out, golden)


if __name__ == "__main__":
    main()
