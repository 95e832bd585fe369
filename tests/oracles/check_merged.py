"""Whether Transformers loads a merged model folder that the host wrote, and gives the host's logits.

    python tests/oracles/check_merged.py MERGED_DIR LOGITS.safetensors

The model may be a causal or masked language model, or a classifier, as `architectures` in its configuration says. The file of
logits is as for check_ours.py. Fails if a weight is missing, left over or of another shape, or if a logit differs by more than
--tolerance.
"""

import argparse
from pathlib import Path

from common import compare, load_model, one_thread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("logits", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()

    one_thread()
    compare(load_model(arguments.model), arguments.logits, arguments.tolerance)


if __name__ == "__main__":
    main()
