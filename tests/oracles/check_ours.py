"""Whether PEFT loads an adapter that the host saved, and gives the host's logits.

    python tests/oracles/check_ours.py MODEL_DIR ADAPTER_DIR LOGITS.safetensors

The file of logits holds `ids` [n], and the host's `logits` [k, vocabulary] of the last k positions. Fails if the adapter has
a tensor that PEFT has no place for, lacks one that PEFT expects, or if a logit differs by more than --tolerance.
"""

import argparse
from pathlib import Path

from common import compare, load_model, one_thread
from peft import PeftModel, get_peft_model_state_dict
from safetensors import safe_open


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("logits", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()

    one_thread()
    model = PeftModel.from_pretrained(load_model(arguments.model), arguments.adapter).eval()
    expected = set(get_peft_model_state_dict(model, save_embedding_layers=False))
    with safe_open(arguments.adapter / "adapter_model.safetensors", "pt") as adapter:
        saved = set(adapter.keys())
    if expected != saved:
        raise SystemExit(f"{arguments.adapter}: missing {sorted(expected - saved)}, left over {sorted(saved - expected)}")
    compare(model, arguments.logits, arguments.tolerance)


if __name__ == "__main__":
    main()
