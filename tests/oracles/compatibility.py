"""What was run with each family: the cells of docs/compatibility.md.

    python tests/oracles/compatibility.py HOST LOGITS OUT.md [ROW ...]

HOST is the `host` binary and LOGITS the example of that name; llama-cpp-python has to be there as for check_gguf.py. Each row is a golden model with
a tokenizer of characters. The cells hold the largest difference of a logit, relative to the largest; a cell that fails says so, and
the script ends with 1.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from common import GOLDEN, PLAIN, difference, load_model, logits, one_thread
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from tasks import logits_of_rows
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoModelForSequenceClassification

HERE = Path(__file__).parent
# Short enough for the models that have a table of positions.
TEXT = "it was a truth that nobody"
TEXTS, LABELLED = GOLDEN / "curve/austen-200.jsonl", GOLDEN / "curve/austen-labelled-200.jsonl"
COLUMNS = ("load", "train full", "train LoRA", "merge", "PEFT in", "PEFT out", "GGUF", "GGUF LoRA")


@dataclass(frozen=True)
class Row:
    model: str
    task: str = "causal-lm"
    # Whether llama.cpp has all of such a model.
    gguf: bool = True


ROWS = {
    "Llama 3": Row("llama3"),
    "Mistral": Row("mistral"),
    "Mixtral": Row("mixtral"),
    "Qwen2": Row("qwen2"),
    "Qwen3": Row("qwen3"),
    "Gemma 2": Row("gemma2"),
    "Gemma 3": Row("gemma3"),
    "Phi-3": Row("phi3"),
    "Phi-3, LongRoPE": Row("phi3-longrope"),
    "GPT-2": Row("gpt2"),
    "GPT-NeoX": Row("gpt-neox"),
    "GPT-NeoX, sequential": Row("gpt-neox-sequential"),
    "BERT, masked words": Row("bert-mlm", "masked-lm", False),
    "BERT, classifier": Row("bert-bare", "sequence-classification", False),
    "Llama 3, classifier": Row("llama3", "sequence-classification", False),
    "Qwen3, classifier": Row("qwen3", "sequence-classification", False),
    "Gemma 3, classifier": Row("gemma3", "sequence-classification", False),
    "GPT-2, classifier": Row("gpt2", "sequence-classification", False),
}


def characters() -> Tokenizer:
    """One token for each letter: a vocabulary that every golden model has room for."""
    special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"]
    entries = [*special, *map(chr, range(ord("a"), ord("z") + 1)), "▁", ".", ",", "'", "-"]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(entries)}, [], unk_token="[UNK]"))
    tokenizer.add_special_tokens(special)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 1), ("[SEP]", 2)])
    return tokenizer


class Run:
    """The cells of one row, each made when it is asked for."""

    def __init__(self, row: Row, args: argparse.Namespace, work: Path):
        self.row, self.args, self.work = row, args, work
        self.base = work / "base"
        shutil.copytree(GOLDEN / "models" / row.model, self.base)
        characters().save(str(self.base / "tokenizer.json"))
        names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")} | {"eos_token": "[SEP]"}
        (self.base / "tokenizer_config.json").write_text(json.dumps(names | {"tokenizer_class": "PreTrainedTokenizerFast"}))
        self.classifies = row.task == "sequence-classification"

    def host(self, *arguments) -> dict:
        command = [self.args.host, "--json", *arguments]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError((done.stdout + done.stderr).strip())
        return json.loads(done.stdout.strip().splitlines()[-1])

    def ours(self, model: Path | None, adapter: Path | None = None) -> dict[str, torch.Tensor]:
        out = self.work / "logits.safetensors"
        command = [self.args.logits, out, TEXT, model or "-", *([adapter] if adapter else [])]
        subprocess.run([str(c) for c in command], check=True, capture_output=True)
        return load_file(out)

    def against(self, model, measured: dict[str, torch.Tensor]) -> str:
        ours, ids = measured["logits"].float(), measured["ids"].long()
        if ids.dim() == 2:
            with torch.no_grad():
                theirs = logits_of_rows(model, {"ids": ids, "mask": measured["mask"].long()})
        else:
            theirs = logits(model, ids)
        relative = difference(ours, theirs)[1]
        if not relative <= 1e-4:
            raise RuntimeError(f"differs by {relative:.1e}")
        return f"{relative:.0e}"

    def train(self, strategy: str, *more) -> Path:
        out = self.work / strategy
        data = LABELLED if self.classifies else TEXTS
        report = self.host("run", "--strategy", f"plugins/{strategy}.wasm", "--model", self.base, "--task", self.row.task, "--data", data,
                           "--steps", "50", "--lr", "1e-3", "--batch-size", "8", "--max-length", "24", "--eval", data, "--out", out, *more)
        first, last = report["eval_loss"]["first"], report["eval_loss"]["last"]
        if not last < first:
            raise RuntimeError(f"the loss went from {first} to {last}")
        return out

    def load(self) -> str:
        # A base without a classifier has nothing to hold one against: the one that training gives is, in the next cell.
        return "–" if self.classifies else self.against(load_model(self.base, unused=UNUSED), self.ours(self.base))

    def train_full(self) -> str:
        model = self.train("full") / "model"
        return self.against(load_model(model), self.ours(model))

    def train_lora(self) -> str:
        self.adapter = self.train("lora", "--set", "rank=4") / "adapter"
        self.with_adapter = self.ours(None, self.adapter)
        return "yes"

    def merge(self) -> str:
        self.merged = self.work / "merged"
        self.host("merge", self.adapter, "--out", self.merged, "--max-shard-size", "0.00005")
        if not (self.merged / "model.safetensors.index.json").exists():
            raise RuntimeError("one file, where there should be several")
        return self.against(load_model(self.merged), self.with_adapter)

    def their_base(self):
        if not self.classifies:
            return load_model(self.base, unused=UNUSED)
        return AutoModelForSequenceClassification.from_pretrained(self.base, num_labels=2, pad_token_id=0, dtype="float32", **PLAIN).eval()

    def peft_in(self) -> str:
        torch.manual_seed(0)
        kind = {"causal-lm": "CAUSAL_LM", "sequence-classification": "SEQ_CLS"}.get(self.row.task)
        model = get_peft_model(self.their_base(), LoraConfig(r=4, lora_alpha=8, target_modules=self.targets(), task_type=kind)).eval()
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.1)
        folder = self.work / "theirs"
        model.save_pretrained(folder, save_embedding_layers=False)
        return self.against(model, self.ours(self.base, folder))

    def targets(self) -> list[str]:
        """The modules that the host adapted: of a mixture of experts, PEFT's `all-linear` leaves the experts out."""
        config = json.loads((self.adapter / "adapter_config.json").read_text())
        return [name for name in config["target_modules"] if ".experts." not in name]

    def peft_out(self) -> str:
        model = PeftModel.from_pretrained(self.their_base(), self.adapter).eval()
        return self.against(model, self.with_adapter)

    def attention_alone(self) -> Path:
        """llama.cpp keeps experts as one tensor, and has no adapter on single ones."""
        shutil.rmtree(self.work / "lora")
        return self.train("lora", "--set", "rank=4", "--set", 'target_modules=["q_proj","k_proj","v_proj","o_proj"]') / "adapter"

    def gguf(self) -> str:
        out = self.work / "model.gguf"
        refused = self.export(self.adapter, "--format", "gguf", "--precision", "f32", "--no-vocab", "--out", out)
        if refused:
            return refused
        self.host("merge", self.adapter, "--out", self.work / "again")
        return self.llama(self.work / "again", out)

    def gguf_lora(self) -> str:
        out, base = self.work / "lora.gguf", self.work / "base.gguf"
        if self.row.model == "mixtral":
            self.adapter = self.attention_alone()
        refused = self.export(self.adapter, "--format", "gguf-lora", "--out", out)
        if refused:
            return refused
        self.host("export", "--model", self.base, "--format", "gguf", "--precision", "f32", "--no-vocab", "--out", base)
        return self.llama(self.base, base, "--adapter", self.adapter, out)

    def export(self, *arguments) -> str | None:
        """`refused`, in one error, where llama.cpp has no such thing; none where it is written."""
        try:
            self.host("export", *arguments)
        except RuntimeError as error:
            if self.row.gguf:
                raise
            # What is said is JSON: no panic, and nothing half-written.
            json.loads(str(error).splitlines()[-1])["error"]
            return "refused"
        return None

    def llama(self, model: Path, *arguments) -> str:
        # Within the golden models' windows, which llama.cpp ignores.
        window = json.loads((self.base / "config.json").read_text()).get("sliding_window")
        short = ("--window", window) if window and self.row.model in ("mistral", "phi3") else ()
        # Random ids; few, where there is a table of positions.
        (model / "tokenizer.json").unlink(missing_ok=True)
        short += ("--length", 16) if self.row.model.startswith(("gpt2", "bert")) else ()
        command = [sys.executable, HERE / "check_gguf.py", model, *arguments, *short, "--tolerance", "5e-3"]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError((done.stdout + done.stderr).strip()[-300:])
        (result,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
        return result.split(": ", 1)[1].replace("greedy ", "")



# What an encoder's folder has and its head does not use.
UNUSED = ("bert.pooler", "pooler")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("logits", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("rows", nargs="*")
    args = parser.parse_args()
    one_thread()
    failed, lines = 0, ["| family | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS)]
    for name, row in ROWS.items():
        if args.rows and name not in args.rows:
            continue
        with tempfile.TemporaryDirectory() as work:
            run, cells = Run(row, args, Path(work)), []
            for column in COLUMNS:
                try:
                    cells.append(getattr(run, column.lower().replace(" ", "_"))())
                except Exception as error:
                    failed += 1
                    print(f"{name}, {column}: {type(error).__name__}: {error}", file=sys.stderr)
                    cells.append("FAILED")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return failed > 0


if __name__ == "__main__":
    raise SystemExit(main())
