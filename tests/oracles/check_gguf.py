"""Whether llama.cpp reads a GGUF file that the host wrote, and computes with it what Transformers does with the folder.

    python tests/oracles/check_gguf.py MODEL_DIR MODEL.gguf [--adapter PEFT_DIR ADAPTER.gguf] [--tolerance 1e-3]

Both get the same ids: the fixed prompts where the folder has a tokenizer (whose ids llama.cpp has to give too), random
ones where it has none. Compared are the logits of every position, or for BERT the hidden states, and the tokens that both
choose greedily. llama.cpp keeps keys and values in f32 here and computes on the CPU, so with a file in f32 the difference
is one of rounding. Fails over --tolerance, a share of the largest logit, or, in f32, on another token.

`--window N` compares the first N positions alone: those in which no token is beyond a sliding window that llama.cpp does
not compute. `--length N` is for Phi-3: llama.cpp takes its factors for long texts by the size of the context, which it rounds
up to 256, Transformers by that of the text. Needs `llama-cpp-python` beside requirements.txt.
"""

import argparse
import ctypes
from pathlib import Path

import llama_cpp
import numpy as np
import torch
from common import PROMPTS, difference, one_thread
from gguf import GGUFReader
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

IDS = 40
GREEDY = 24
# Texts on which ways of splitting differ: digits, spaces, line ends, contractions, scripts, emoji.
TEXTS = (
    *PROMPTS,
    "I've 12345 apples,  they'LL cost $3.50!\n\n\tdef f(x):\n        return x  \r\n",
    "Größe naïve 北京大学 привет мир हिन्दी 🦙🚀  ...---...   ",
    "<|im_start|>user\nHello<|im_end|>\n",
)
F32 = 0


class LlamaCpp:
    """A file in llama.cpp, perhaps with an adapter."""

    def __init__(self, model: Path, adapter: Path | None, context: int, embeddings: bool) -> None:
        silent = llama_cpp.llama_log_callback(lambda level, text, data: None)
        self.keep = silent
        llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
        parameters = llama_cpp.llama_model_default_params()
        parameters.use_mmap = True
        self.model = llama_cpp.llama_model_load_from_file(str(model).encode(), parameters)
        if not self.model:
            raise SystemExit(f"{model}: llama.cpp does not load it")
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.size = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
        self.width = llama_cpp.llama_model_n_embd(self.model)
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = settings.n_batch = settings.n_ubatch = context
        settings.n_threads = settings.n_threads_batch = 1
        settings.type_k = settings.type_v = F32
        settings.flash_attn_type = 0
        settings.embeddings = embeddings
        settings.pooling_type = 0
        self.context = llama_cpp.llama_init_from_model(self.model, settings)
        if adapter:
            lora = llama_cpp.llama_adapter_lora_init(self.model, str(adapter).encode())
            if not lora:
                raise SystemExit(f"{adapter}: llama.cpp does not load it")
            loras, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(lora), (ctypes.c_float * 1)(1.0)
            if llama_cpp.llama_set_adapters_lora(self.context, loras, 1, scales) != 0:
                raise SystemExit(f"{adapter}: llama.cpp does not apply it")

    def run(self, ids: list[int], embeddings: bool = False) -> torch.Tensor:
        """Logits [n, vocabulary], or hidden states [n, width]."""
        memory = llama_cpp.llama_get_memory(self.context)
        if memory:
            llama_cpp.llama_memory_clear(memory, True)
        batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
        batch.n_tokens = len(ids)
        for place, token in enumerate(ids):
            batch.token[place], batch.pos[place], batch.logits[place] = token, place, 1
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
        if llama_cpp.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama.cpp does not decode")
        llama_cpp.llama_batch_free(batch)
        if embeddings:
            get, width = llama_cpp.llama_get_embeddings_ith, self.width
        else:
            get, width = llama_cpp.llama_get_logits_ith, self.size
        rows = [np.ctypeslib.as_array(get(self.context, place), (width,)).copy() for place in range(len(ids))]
        return torch.from_numpy(np.stack(rows))

    def encode(self, text: str) -> list[int]:
        """The ids of a text, special tokens in it and around it as the file says."""
        data, room = text.encode(), len(text.encode()) + 8
        ids = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocabulary, data, len(data), ids, room, True, True)
        return list(ids[:count])


@torch.no_grad()
def theirs(model: torch.nn.Module, ids: list[int], embeddings: bool) -> torch.Tensor:
    output = model(input_ids=torch.tensor([ids]))
    return (output.last_hidden_state if embeddings else output.logits)[0].float()


def greedy(run, ids: list[int], count: int) -> list[int]:
    ids = list(ids)
    for _ in range(count):
        ids.append(int(run(ids)[-1].argmax()))
    return ids[-count:]


def check_tokens(llama: LlamaCpp, folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text in TEXTS:
        ours, reference = llama.encode(text), tokenizer.encode(text).ids
        if ours != reference:
            raise SystemExit(f"{text!r}: llama.cpp gives ids {ours}, the tokenizer {reference}")
    print(f"{len(TEXTS)} texts: the same ids")


def prompts(folder: Path, vocabulary: int, length: int) -> list[list[int]]:
    if (folder / "tokenizer.json").exists():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return [tokenizer.encode(text).ids for text in PROMPTS]
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(3, vocabulary, (length,), generator=generator).tolist() for _ in range(2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--adapter", type=Path, nargs=2, metavar=("PEFT_DIR", "GGUF"))
    parser.add_argument("--window", type=int)
    parser.add_argument("--length", type=int, default=IDS, help="how many random ids")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    arguments = parser.parse_args()

    one_thread()
    embeddings = AutoConfig.from_pretrained(arguments.model).model_type == "bert"
    kind = AutoModel if embeddings else AutoModelForCausalLM
    model = kind.from_pretrained(arguments.model, dtype=torch.float32).eval()
    if arguments.adapter:
        model = PeftModel.from_pretrained(model, arguments.adapter[0]).eval()
    adapter = arguments.adapter[1] if arguments.adapter else None

    inputs = prompts(arguments.model, model.config.vocab_size, arguments.length)
    count = max(0, min(GREEDY, model.config.max_position_embeddings - max(map(len, inputs))))
    context = max(map(len, inputs)) + count
    llama = LlamaCpp(arguments.gguf, adapter, context, embeddings)
    types = sorted({tensor.tensor_type.name for tensor in GGUFReader(arguments.gguf).tensors})
    if (arguments.model / "tokenizer.json").exists() and llama_cpp.llama_vocab_type(llama.vocabulary) != 0:
        check_tokens(llama, arguments.model)

    worst, same = 0.0, 0
    for ids in inputs:
        ids = ids[: arguments.window]
        absolute, relative = difference(llama.run(ids, embeddings), theirs(model, ids, embeddings))
        worst = max(worst, relative)
        print(f"{len(ids)} positions: largest difference {absolute:.2e}, {relative:.2e} of the largest value")
        if not (embeddings or arguments.window):
            one = greedy(llama.run, ids, count)
            other = greedy(lambda ids: theirs(model, ids, False), ids, count)
            same += next((place for place, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), count)
    greedily = "" if embeddings or arguments.window else f", greedy {same}/{count * len(inputs)}"
    print(f"RESULT {arguments.gguf.name} {'+'.join(types)}: {worst:.1e}{greedily}")
    # Not `>`: a NaN must fail.
    if not worst <= arguments.tolerance:
        raise SystemExit(f"{arguments.gguf}: differs by more than {arguments.tolerance:.0e} of the largest value")
    if types == ["F32"] and greedily and same != count * len(inputs):
        raise SystemExit(f"{arguments.gguf}: in f32, but other tokens")


if __name__ == "__main__":
    main()
