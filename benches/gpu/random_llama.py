"""A Llama folder with the shape of a known model and random weights in bf16: for speed and memory, not for text.

    python benches/gpu/random_llama.py OUT [--shape llama-3.2-1b|smollm2-135m]

The tokenizer is that of examples/default/model; its ids are the first of the vocabulary.
"""

import argparse
import shutil
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

TOKENIZER = Path(__file__).resolve().parent.parent.parent / "examples/default/model"

SHAPES = {
    "llama-3.2-1b": {
        "hidden_size": 2048,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "intermediate_size": 8192,
        "vocab_size": 128256,
    },
    "smollm2-135m": {
        "hidden_size": 576,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "intermediate_size": 1536,
        "vocab_size": 49152,
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="llama-3.2-1b")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    config = LlamaConfig(
        **SHAPES[arguments.shape],
        head_dim=64,
        tie_word_embeddings=True,
        max_position_embeddings=16384,
        rope_theta=500000.0,
        rms_norm_eps=1e-5,
        bos_token_id=0,
        eos_token_id=0,
        dtype="bfloat16",
    )
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = LlamaForCausalLM(config)
    model.save_pretrained(arguments.out)
    shutil.copy(TOKENIZER / "tokenizer.json", arguments.out / "tokenizer.json")


if __name__ == "__main__":
    main()
