"""The table of golden models: one for each thing that a reader of model folders may get wrong.

A model's place in VARIANTS is its seed: new ones go to the end.
"""

import torch
import v4
from tasks import CLASSIFICATION, ENCODING, MASKED, PADDED
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    MistralConfig,
    MistralForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)
from variant import Variant

PLAIN_ROPE = {"rope_type": "default", "rope_theta": 10000.0}
SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
BASE = {
    "vocab_size": 96,
    "hidden_size": 48,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
    **SPECIAL,
    "rope_parameters": PLAIN_ROPE,
}
LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    # Head size 12: one frequency is kept, one blended, four divided.
    "original_max_position_embeddings": 64,
}
LINEAR_ROPE = {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}
YARN_ROPE = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 64}

LLAMA = {
    "llama2": Variant(BASE | {"num_key_value_heads": 4, "intermediate_size": 32}),
    "llama3": Variant(
        BASE | {"rope_parameters": LLAMA3_ROPE},
        without={"scaled positions": {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}},
        grads=True,
        v4=v4.rope,
        batch=PADDED,
    ),
    "rope-linear": Variant(
        BASE | {"rope_parameters": LINEAR_ROPE}, without={"scaled positions": {"rope_parameters": PLAIN_ROPE}}, v4=v4.rope
    ),
    "rope-yarn": Variant(
        BASE | {"rope_parameters": YARN_ROPE}, without={"scaled positions": {"rope_parameters": PLAIN_ROPE}}, v4=v4.rope
    ),
    "mistral": Variant(
        BASE | {"sliding_window": 4},
        (MistralConfig, MistralForCausalLM),
        without={"sliding window": {"sliding_window": None}},
        grads=True,
    ),
    "bias": Variant(BASE | {"attention_bias": True, "mlp_bias": True}),
    "head-dim": Variant(BASE | {"head_dim": 8}),
    "tied": Variant(BASE | {"tie_word_embeddings": True}),
    "sharded-bf16": Variant(BASE, dtype=torch.bfloat16, max_shard_size="30KB"),
    "sharded-f16": Variant(BASE, dtype=torch.float16, max_shard_size="30KB"),
}

# The same, smaller, for all the other families.
SMALL = BASE | {"vocab_size": 64, "hidden_size": 32}

NO_DROPOUT = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
GPT2 = {
    "vocab_size": 64,
    "n_embd": 32,
    "n_inner": 56,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 48,
    **SPECIAL,
    **NO_DROPOUT,
}


def published_gpt2(weights: dict) -> dict:
    """As in openai-community/gpt2: without the prefix, and with each block's causal mask."""
    masks = {f"h.{block}.attn.bias": torch.ones(48, 48).tril()[None, None] for block in range(2)}
    return {name.removeprefix("transformer."): value for name, value in weights.items()} | masks


GPT = {
    "gpt2": Variant(
        GPT2,
        (GPT2Config, GPT2LMHeadModel),
        neutral={"c_attn.bias": 0.0, "wpe.weight": 0.0, "ln_f.bias": 0.0},
        grads=True,
        v4=v4.untold_tie,
        batch=PADDED,
    ),
    # `n_inner` is null: four times the hidden size.
    "gpt2-untied": Variant(
        GPT2 | {"n_embd": 24, "n_inner": None, "tie_word_embeddings": False, "scale_attn_by_inverse_layer_idx": True},
        (GPT2Config, GPT2LMHeadModel),
        without={"scale by layer": {"scale_attn_by_inverse_layer_idx": False}},
        grads=True,
        v4=v4.plain,
    ),
    "gpt2-published": Variant(GPT2, (GPT2Config, GPT2LMHeadModel), v4=v4.untold_tie, as_published=published_gpt2),
}

NEOX = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 64,
    **SPECIAL,
    "rope_parameters": PLAIN_ROPE | {"partial_rotary_factor": 0.25},
}
GPT |= {
    "gpt-neox": Variant(
        NEOX,
        (GPTNeoXConfig, GPTNeoXForCausalLM),
        without={
            "parallel residual": {"use_parallel_residual": False},
            "partial rotation": {"rope_parameters": PLAIN_ROPE | {"partial_rotary_factor": 1.0}},
            "GELU": {"hidden_act": "relu"},
        },
        neutral={"query_key_value.bias": 0.0},
        grads=True,
        v4=v4.neox,
        batch=PADDED,
    ),
    "gpt-neox-sequential": Variant(
        NEOX | {"use_parallel_residual": False},
        (GPTNeoXConfig, GPTNeoXForCausalLM),
        without={"sequential residual": {"use_parallel_residual": True}},
        grads=True,
        v4=v4.neox,
        batch=PADDED,
    ),
}

QWEN = {
    "qwen2": Variant(
        SMALL | {"tie_word_embeddings": True, "rms_norm_eps": 1e-6},
        (Qwen2Config, Qwen2ForCausalLM),
        neutral={"q_proj.bias": 0.0, "v_proj.bias": 0.0},
        grads=True,
        v4=v4.qwen,
        batch=PADDED,
    ),
    "qwen3": Variant(
        SMALL | {"head_dim": 16, "rms_norm_eps": 1e-6, "rope_parameters": PLAIN_ROPE | {"rope_theta": 1e6}},
        (Qwen3Config, Qwen3ForCausalLM),
        without={"theta": {"rope_parameters": PLAIN_ROPE}},
        neutral={"q_norm.weight": 1.0, "k_norm.weight": 1.0},
        grads=True,
        v4=v4.qwen,
        batch=PADDED,
    ),
}

GEMMA2 = SMALL | {
    "intermediate_size": 56,
    "head_dim": 12,
    "query_pre_attn_scalar": 24,
    "attn_logit_softcapping": 3.0,
    "final_logit_softcapping": 4.0,
    "sliding_window": 8,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True,
}
GLOBAL_ROPE = {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0}
GEMMA3 = SMALL | {
    "num_hidden_layers": 3,
    "head_dim": 12,
    "query_pre_attn_scalar": 24,
    "sliding_window": 8,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True,
    "rope_parameters": {"full_attention": GLOBAL_ROPE, "sliding_attention": PLAIN_ROPE},
}
GEMMA = {
    "gemma2": Variant(
        GEMMA2,
        (Gemma2Config, Gemma2ForCausalLM),
        without={
            "cap of scores": {"attn_logit_softcapping": None},
            "cap of logits": {"final_logit_softcapping": None},
            "sliding window": {"sliding_window": 256},
            "alternating layers": {"layer_types": ["full_attention", "sliding_attention"]},
            "scale of scores": {"query_pre_attn_scalar": 8},
            "GELU": {"hidden_activation": "relu"},
        },
        neutral={"post_attention_layernorm.weight": 0.0, "pre_feedforward_layernorm.weight": 0.0},
        grads=True,
        v4=v4.gemma2,
        batch=PADDED,
    ),
    "gemma3": Variant(
        GEMMA3,
        (Gemma3TextConfig, Gemma3ForCausalLM),
        without={
            "sliding window": {"sliding_window": 256},
            "order of layers": {"layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
            "scale of scores": {"query_pre_attn_scalar": 8},
            "scaled global positions": {
                "rope_parameters": {
                    "full_attention": PLAIN_ROPE | {"rope_theta": 1e6},
                    "sliding_attention": PLAIN_ROPE,
                }
            },
            "local theta": {"rope_parameters": {"full_attention": GLOBAL_ROPE, "sliding_attention": GLOBAL_ROPE}},
        },
        neutral={"q_norm.weight": 0.0, "k_norm.weight": 0.0},
        grads=True,
        v4=v4.gemma3,
        batch=PADDED,
    ),
}

# Heads of 16 values, of which 12 rotate: six frequencies.
PHI3 = SMALL | {
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 128,
    "original_max_position_embeddings": 32,
}
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "partial_rotary_factor": 0.75,
    "short_factor": [1.0, 1.05, 1.1, 1.3, 1.6, 2.0],
    "long_factor": [1.2, 1.7, 2.5, 4.0, 7.0, 12.0],
}
SHORT_AS_LONG = {"rope_parameters": LONGROPE | {"short_factor": LONGROPE["long_factor"]}}
LONG_AS_SHORT = {"rope_parameters": LONGROPE | {"long_factor": LONGROPE["short_factor"]}}
ONE_FACTOR = {"rope_parameters": LONGROPE | {"short_factor": [1.0] * 6, "long_factor": [1.0] * 6}}
PHI = {
    "phi3": Variant(
        PHI3 | {"original_max_position_embeddings": 128, "sliding_window": 5},
        (Phi3Config, Phi3ForCausalLM),
        without={"sliding window": {"sliding_window": None}},
        grads=True,
        v4=v4.phi3,
        batch=PADDED,
    ),
    "phi3-longrope": Variant(
        PHI3 | {"rope_parameters": LONGROPE},
        (Phi3Config, Phi3ForCausalLM),
        without={"short factors": ONE_FACTOR, "short, not long": SHORT_AS_LONG},
        grads=True,
        v4=v4.phi3,
        batch=PADDED,
        ids=28,
    ),
    # Both sequences of the batch are longer than the original length too: Transformers takes one set for a whole batch.
    "phi3-longrope-long": Variant(
        PHI3 | {"rope_parameters": LONGROPE},
        (Phi3Config, Phi3ForCausalLM),
        without={"long factors": ONE_FACTOR, "long, not short": LONG_AS_SHORT},
        grads=True,
        v4=v4.phi3,
        batch=(40, 36),
        ids=48,
    ),
}

MIXTRAL = {
    "mixtral": Variant(
        SMALL | {"intermediate_size": 20, "num_local_experts": 4, "num_experts_per_tok": 2},
        (MixtralConfig, MixtralForCausalLM),
        without={"two experts": {"num_experts_per_tok": 1}},
        neutral={"gate.weight": 0.0},
        grads=True,
        v4=v4.rope,
        batch=PADDED,
    ),
}

BERT = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 48,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "pad_token_id": 0,
}
LABELS = {0: "bad", 1: "fair", 2: "good"}
LABELLED = {"id2label": LABELS, "label2id": {name: index for index, name in LABELS.items()}}


def published_bert(weights: dict) -> dict:
    """As in google-bert/bert-base-uncased: norms have gamma and beta; the pooler and the other head of training are there."""
    spelt = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
        for name, value in weights.items()
    }
    return spelt | {
        "bert.pooler.dense.weight": torch.eye(32),
        "bert.pooler.dense.bias": torch.zeros(32),
        "cls.seq_relationship.weight": torch.ones(2, 32),
        "cls.seq_relationship.bias": torch.zeros(2),
    }


def published_sentence_encoder(weights: dict) -> dict:
    """As in sentence-transformers/all-MiniLM-L6-v2: with a table of positions."""
    return weights | {"embeddings.position_ids": torch.arange(48)[None]}


ENCODERS = {
    "bert-mlm": Variant(
        BERT,
        (BertConfig, BertForMaskedLM),
        MASKED,
        without={"GELU": {"hidden_act": "relu"}},
        neutral={"cls.predictions.bias": 0.0, "position_embeddings.weight": 0.0, "token_type_embeddings.weight": 0.0},
        grads=True,
        v4=v4.untold_tie,
        batch=PADDED,
    ),
    "bert-mlm-published": Variant(
        BERT,
        (BertConfig, BertForMaskedLM),
        MASKED,
        v4=v4.untold_tie,
        as_published=published_bert,
        unused=("bert.pooler.", "cls.seq_relationship."),
    ),
    "bert-classifier": Variant(
        BERT | LABELLED,
        (BertConfig, BertForSequenceClassification),
        CLASSIFICATION,
        neutral={"token_type_embeddings.weight": 0.0, "pooler.dense.weight": 0.0, "classifier.bias": 0.0},
        grads=True,
        v4=v4.untold_tie,
    ),
    "gpt2-classifier": Variant(
        GPT2 | LABELLED,
        (GPT2Config, GPT2ForSequenceClassification),
        CLASSIFICATION,
        neutral={"ln_f.bias": 0.0},
        grads=True,
        v4=v4.untold_tie,
    ),
    "llama-classifier": Variant(
        SMALL | LABELLED,
        (LlamaConfig, LlamaForSequenceClassification),
        CLASSIFICATION,
        neutral={"model.norm.weight": 1.0},
        grads=True,
        v4=v4.rope,
    ),
    "bert-bare": Variant(
        BERT,
        (BertConfig, BertModel),
        ENCODING,
        neutral={"token_type_embeddings.weight": 0.0},
        v4=v4.untold_tie,
        as_published=published_sentence_encoder,
    ),
}

VARIANTS = LLAMA | GPT | QWEN | GEMMA | PHI | MIXTRAL | ENCODERS
