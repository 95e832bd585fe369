"""Whether PEFT loads an adapter that the host saved, and gives the host's logits.

    python tests/oracles/check_ours.py MODEL_DIR ADAPTER_DIR LOGITS.safetensors

The file of logits says what the model was asked, and what the host gave:

- a causal or masked language model: `ids` [n], `logits` [k, vocabulary] of the last k positions;
- a classifier: `ids` [b, n], `mask` [b, n] of what is no padding, for BERT maybe `types` [b, n], `logits` [b, labels].

The adapter of a classifier may be for a base that has none: PEFT puts the one in `modules_to_save` there. Fails if the adapter
has a tensor that PEFT has no place for, lacks one that PEFT expects, or if a logit differs by more than --tolerance.
"""

import argparse
from pathlib import Path

from common import PLAIN, compare, load_model, one_thread
from peft import PeftConfig, PeftModel, get_peft_model_state_dict
from safetensors import safe_open
from transformers import AutoModelForSequenceClassification, PreTrainedModel

CLASSIFIERS = ("classifier.weight", "score.weight")


def base(folder: Path, adapter: Path) -> PreTrainedModel:
    """The model of a folder; for an adapter with a classifier, with one of as many labels."""
    if PeftConfig.from_pretrained(adapter).task_type != "SEQ_CLS":
        return load_model(folder)
    with safe_open(adapter / "adapter_model.safetensors", "pt") as saved:
        labels = {saved.get_slice(key).get_shape()[0] for key in saved.keys() if key.endswith(CLASSIFIERS)}
    if len(labels) != 1:
        raise SystemExit(f"{adapter}: of the classifier's weight there should be one")
    (labels,) = labels
    return AutoModelForSequenceClassification.from_pretrained(folder, num_labels=labels, dtype="float32", **PLAIN).eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("logits", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()

    one_thread()
    model = PeftModel.from_pretrained(base(arguments.model, arguments.adapter), arguments.adapter).eval()
    expected = set(get_peft_model_state_dict(model, save_embedding_layers=False))
    with safe_open(arguments.adapter / "adapter_model.safetensors", "pt") as adapter:
        saved = set(adapter.keys())
    if expected != saved:
        raise SystemExit(f"{arguments.adapter}: missing {sorted(expected - saved)}, left over {sorted(saved - expected)}")
    compare(model, arguments.logits, arguments.tolerance)


if __name__ == "__main__":
    main()
