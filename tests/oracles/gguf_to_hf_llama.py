"""Converts a GGUF file of the `llama` architecture to a Hugging Face model folder in f32.

    python tests/oracles/gguf_to_hf_llama.py MODEL.gguf DEST

Writes config.json, model.safetensors and, for a byte-level BPE vocabulary, tokenizer.json and tokenizer_config.json.
`fetch_smollm2.sh` is what calls it. Checked against `AutoModelForCausalLM.from_pretrained(gguf_file=...)`: the same
weights, bit for bit.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from gguf import GGUFReader, TokenType, dequantize
from safetensors.numpy import save_file

OUTSIDE_BLOCKS = {
    "token_embd": "model.embed_tokens.weight",
    "output_norm": "model.norm.weight",
    "output": "lm_head.weight",
}
IN_BLOCKS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
# The split that llama.cpp calls "smollm": single digits, then GPT-2's pattern.
PRE_TOKENIZERS = {
    "smollm": {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Digits", "individual_digits": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        ],
    }
}


def half_rotation(weight: np.ndarray, heads: int) -> np.ndarray:
    """GGUF stores the rows of q and k for interleaved RoPE; Hugging Face rotates halves. Undoes the permutation."""
    pairs = weight.reshape(heads, weight.shape[0] // heads // 2, 2, *weight.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weight.shape)


def weights(reader: GGUFReader, config: dict) -> dict[str, np.ndarray]:
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    tensors = {}
    for tensor in reader.tensors:
        # GGUF lists the fastest dimension first.
        shape = [int(size) for size in reversed(tensor.shape)]
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(shape)
        match tensor.name.split("."):
            case ["blk", block, kind, "weight"]:
                if kind in heads:
                    values = half_rotation(values, heads[kind])
                name = f"model.layers.{block}.{IN_BLOCKS[kind]}.weight"
            case [kind, "weight"]:
                name = OUTSIDE_BLOCKS[kind]
            case _:
                raise SystemExit(f"{tensor.name}: not a tensor of a Llama model")
        tensors[name] = np.ascontiguousarray(values)
    return tensors


def model_config(fields: dict) -> dict:
    def llama(key: str, default=None):
        return fields.get(f"llama.{key}", default)

    def token(key: str):
        return fields.get(f"tokenizer.ggml.{key}_token_id")

    heads = llama("attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(fields["tokenizer.ggml.tokens"]),
        "hidden_size": llama("embedding_length"),
        "intermediate_size": llama("feed_forward_length"),
        "num_hidden_layers": llama("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": llama("attention.head_count_kv", heads),
        "head_dim": llama("embedding_length") // heads,
        "max_position_embeddings": llama("context_length"),
        # The shortest decimal of the f32 that GGUF holds: 1e-05, not 9.999999747378752e-06.
        "rms_norm_eps": float(str(np.float32(llama("attention.layer_norm_rms_epsilon")))),
        "rope_theta": float(llama("rope.freq_base", 10000.0)),
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": token("bos"),
        "eos_token_id": token("eos"),
        "pad_token_id": token("padding"),
        "torch_dtype": "float32",
    }


def tokenizer(fields: dict) -> tuple[dict, dict]:
    """tokenizer.json and tokenizer_config.json."""
    tokens, types = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    added = [
        {"id": index, "content": token, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for index, (token, kind) in enumerate(zip(tokens, types, strict=True))
        if kind == TokenType.CONTROL
    ]
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": {token: index for index, token in enumerate(tokens)},
        "merges": [merge.split(" ", 1) for merge in fields["tokenizer.ggml.merges"]],
    }
    pipeline = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": PRE_TOKENIZERS[fields["tokenizer.ggml.pre"]],
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": model,
    }
    special = {"bos_token": "bos", "eos_token": "eos", "pad_token": "padding", "unk_token": "unknown"}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **{key: tokens[fields[f"tokenizer.ggml.{name}_token_id"]] for key, name in special.items()},
        "model_max_length": fields["llama.context_length"],
        "clean_up_tokenization_spaces": False,
        "chat_template": fields.get("tokenizer.chat_template"),
    }
    return pipeline, settings


def write_json(path: Path, value: dict, indent: int | None = 2) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("dest", type=Path)
    arguments = parser.parse_args()

    reader = GGUFReader(arguments.gguf)
    fields = {key: field.contents() for key, field in reader.fields.items()}
    if fields["general.architecture"] != "llama":
        raise SystemExit(f"{arguments.gguf}: architecture {fields['general.architecture']!r}, not llama")
    config = model_config(fields)
    tensors = weights(reader, config)
    config["tie_word_embeddings"] = "lm_head.weight" not in tensors

    arguments.dest.mkdir(parents=True, exist_ok=True)
    save_file(tensors, arguments.dest / "model.safetensors", metadata={"format": "pt"})
    write_json(arguments.dest / "config.json", config)
    if fields["tokenizer.ggml.model"] == "gpt2":
        pipeline, settings = tokenizer(fields)
        write_json(arguments.dest / "tokenizer.json", pipeline, indent=None)
        write_json(arguments.dest / "tokenizer_config.json", settings)
    print(f"{arguments.dest}: {len(tensors)} tensors, {sum(tensor.size for tensor in tensors.values())} parameters")


if __name__ == "__main__":
    main()
