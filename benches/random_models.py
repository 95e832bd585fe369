"""Model folders with random weights in bf16, written with Python's standard library alone: for memory and speed, not for text.

    python3 benches/random_models.py OUT [--size small|large] [MODEL ...]

The tokenizer is that of examples/default/model; its ids are the first of every vocabulary.
"""

import argparse
import json
import random
import shutil
import struct
from pathlib import Path

TOKENIZER = Path(__file__).resolve().parent.parent / "examples/default/model/tokenizer.json"

# Widths of each size: residual stream, feed-forward block, layers, heads, heads of keys and values, vocabulary.
SIZES = {
    "tiny": {"hidden": 256, "intermediate": 704, "layers": 4, "heads": 4, "kv_heads": 2, "vocabulary": 8192},
    "small": {"hidden": 768, "intermediate": 2048, "layers": 4, "heads": 12, "kv_heads": 4, "vocabulary": 32000},
    "large": {"hidden": 2048, "intermediate": 8192, "layers": 16, "heads": 32, "kv_heads": 8, "vocabulary": 128256},
}
POSITIONS = 4096


def decoder(d: dict, kind: str) -> dict:
    """What the configurations of Llama's relatives have in common."""
    return {
        "model_type": kind,
        "hidden_size": d["hidden"],
        "intermediate_size": d["intermediate"],
        "num_hidden_layers": d["layers"],
        "num_attention_heads": d["heads"],
        "num_key_value_heads": d["kv_heads"],
        "head_dim": d["hidden"] // d["heads"],
        "vocab_size": d["vocabulary"],
        "max_position_embeddings": POSITIONS,
        "tie_word_embeddings": True,
        "dtype": "bfloat16",
    }


def attention(module: str, d: dict) -> dict:
    hidden, keys = d["hidden"], d["hidden"] // d["heads"] * d["kv_heads"]
    shapes = {"q_proj": [hidden, hidden], "k_proj": [keys, hidden], "v_proj": [keys, hidden], "o_proj": [hidden, hidden]}
    return {f"{module}.{name}.weight": shape for name, shape in shapes.items()}


def gated(module: str, d: dict, names: tuple = ("gate_proj", "up_proj", "down_proj")) -> dict:
    hidden, inner = d["hidden"], d["intermediate"]
    return {f"{module}.{name}.weight": shape for name, shape in zip(names, ([inner, hidden], [inner, hidden], [hidden, inner]))}


def llama_like(d: dict, feed_forward, head_norms: bool = False) -> dict:
    shapes = {"model.embed_tokens.weight": [d["vocabulary"], d["hidden"]], "model.norm.weight": [d["hidden"]]}
    for layer in range(d["layers"]):
        at = f"model.layers.{layer}"
        shapes |= {f"{at}.{norm}.weight": [d["hidden"]] for norm in ("input_layernorm", "post_attention_layernorm")}
        shapes |= attention(f"{at}.self_attn", d) | feed_forward(at, d)
        if head_norms:
            shapes |= {f"{at}.self_attn.{norm}.weight": [d["hidden"] // d["heads"]] for norm in ("q_norm", "k_norm")}
    return shapes


def mlp(at: str, d: dict) -> dict:
    return gated(f"{at}.mlp", d)


def llama(d: dict) -> tuple:
    return decoder(d, "llama"), llama_like(d, mlp)


def qwen3(d: dict) -> tuple:
    return decoder(d, "qwen3"), llama_like(d, mlp, head_norms=True)


def mixtral(d: dict) -> tuple:
    experts = 4

    def feed_forward(at: str, d: dict) -> dict:
        module = f"{at}.block_sparse_moe"
        each = (gated(f"{module}.experts.{expert}", d, ("w1", "w3", "w2")) for expert in range(experts))
        return {f"{module}.gate.weight": [experts, d["hidden"]]} | {name: shape for expert in each for name, shape in expert.items()}

    d = d | {"intermediate": d["intermediate"] // 2}
    return decoder(d, "mixtral") | {"num_local_experts": experts, "num_experts_per_tok": 2}, llama_like(d, feed_forward)


def both(module: str, *shapes: list) -> dict:
    """A weight and a bias."""
    return {f"{module}.weight": list(shapes[0]), f"{module}.bias": list(shapes[-1])}


def gpt2(d: dict) -> tuple:
    hidden, inner = d["hidden"], 4 * d["hidden"]
    config = {"model_type": "gpt2", "n_embd": hidden, "n_head": d["heads"], "n_layer": d["layers"], "n_positions": POSITIONS}
    config |= {"vocab_size": d["vocabulary"], "activation_function": "gelu_new", "dtype": "bfloat16"}
    shapes = {"transformer.wte.weight": [d["vocabulary"], hidden], "transformer.wpe.weight": [POSITIONS, hidden]}
    shapes |= both("transformer.ln_f", [hidden])
    for layer in range(d["layers"]):
        at = f"transformer.h.{layer}"
        shapes |= both(f"{at}.ln_1", [hidden]) | both(f"{at}.ln_2", [hidden])
        shapes |= both(f"{at}.attn.c_attn", [hidden, 3 * hidden], [3 * hidden]) | both(f"{at}.attn.c_proj", [hidden, hidden], [hidden])
        shapes |= both(f"{at}.mlp.c_fc", [hidden, inner], [inner]) | both(f"{at}.mlp.c_proj", [inner, hidden], [hidden])
    return config, shapes


def bert(d: dict) -> tuple:
    hidden, inner = d["hidden"], 4 * d["hidden"]
    config = decoder(d, "bert") | {"intermediate_size": inner, "hidden_act": "gelu", "type_vocab_size": 2, "pad_token_id": 3}
    config |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "even", "1": "odd"}}
    shapes = {
        "bert.embeddings.word_embeddings.weight": [d["vocabulary"], hidden],
        "bert.embeddings.position_embeddings.weight": [POSITIONS, hidden],
        "bert.embeddings.token_type_embeddings.weight": [2, hidden],
    }
    shapes |= both("bert.embeddings.LayerNorm", [hidden]) | both("bert.pooler.dense", [hidden, hidden], [hidden])
    shapes |= both("classifier", [2, hidden], [2])
    for layer in range(d["layers"]):
        at = f"bert.encoder.layer.{layer}"
        for name in ("query", "key", "value"):
            shapes |= both(f"{at}.attention.self.{name}", [hidden, hidden], [hidden])
        shapes |= both(f"{at}.attention.output.dense", [hidden, hidden], [hidden]) | both(f"{at}.attention.output.LayerNorm", [hidden])
        shapes |= both(f"{at}.intermediate.dense", [inner, hidden], [inner]) | both(f"{at}.output.dense", [hidden, inner], [hidden])
        shapes |= both(f"{at}.output.LayerNorm", [hidden])
    return config, shapes


MODELS = {"llama": llama, "gpt2": gpt2, "bert": bert, "qwen3": qwen3, "mixtral": mixtral}


def values(name: str, count: int) -> bytes:
    """Norms of one, all else of magnitude 1/128 to 1/32."""
    if "norm" in name.lower() or ".ln_" in name:
        return struct.pack("<H", 0 if name.endswith("bias") else 0x3F80) * count
    block = min(count, 1 << 20)
    words = bytearray(2 * block)
    words[0::2] = random.Random(name).randbytes(block)
    words[1::2] = random.Random(name + "sign").randbytes(block).translate(bytes(0x3C if byte < 128 else 0xBC for byte in range(256)))
    return (bytes(words) * -(-count // block))[: 2 * count]


def write(folder: Path, model: str, size: str = "small") -> Path:
    """The folder `folder/model-size`, made unless it is there."""
    path = folder / f"{model}-{size}"
    if path.exists():
        return path
    config, shapes = MODELS[model](SIZES[size])
    partial = path.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    counts = {name: shape[0] * (shape[1] if len(shape) == 2 else 1) for name, shape in shapes.items()}
    header, end = {}, 0
    for name, shape in shapes.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + 2 * counts[name]]}
        end += 2 * counts[name]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with (partial / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in shapes:
            file.write(values(name, counts[name]))
    (partial / "config.json").write_text(json.dumps(config, indent=2))
    shutil.copy(TOKENIZER, partial / "tokenizer.json")
    return partial.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--size", choices=SIZES, default="small")
    arguments = parser.parse_args()
    for model in arguments.models or MODELS:
        print(write(arguments.out, model, arguments.size))


if __name__ == "__main__":
    main()
