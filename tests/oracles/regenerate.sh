#!/usr/bin/env bash
# Makes all golden files again, in a new environment with the pinned versions and in a temporary place, and says of each file
# whether it is the committed one. Nothing of the repository is changed.
#
# usage: tests/oracles/regenerate.sh [--smollm2] [--keep DIR]
#
# --smollm2 also makes what needs SmolLM2: 93 MB more to download, and half an hour more on one core. --keep puts the
# environment and what was made into DIR, which must not exist, and leaves them there. Needs python3 (3.11 made the committed
# files) with venv and pip; 6 GB to download, 14 GB of disk, for mergekit has an environment of its own.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
smollm2='' keep=''
while (($#)); do
    case $1 in
        --smollm2) smollm2=yes ;;
        --keep) keep=${2:?--keep DIR}; shift ;;
        *) echo "usage: regenerate.sh [--smollm2] [--keep DIR]" >&2; exit 2 ;;
    esac
    shift
done

if [[ -n $keep ]]; then
    mkdir "$keep"
    work=$(cd "$keep" && pwd)
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet -r "$repository/tests/oracles/requirements.txt"
python3 -m venv "$work/mergekit"
"$work/mergekit/bin/pip" install --quiet -r "$repository/tests/oracles/requirements-mergekit.txt"

# The scripts write to tests/golden of where they are run.
mkdir -p "$work/root/tests/golden"
ln -s "$repository/examples" "$work/root/examples"
cd "$work/root"
oracle() { "$work/venv/bin/python" -W ignore "$repository/tests/oracles/$1.py" "${@:2}"; }
golden=tests/golden
texts=$golden/curve/austen-200.jsonl

oracle logits examples/default/model $golden/tiny-llama-logits.safetensors
oracle families
oracle peft_adapter
oracle objectives
oracle templates
oracle snippets
mkdir -p $golden/data
oracle parquet_files $golden/data
oracle curve_data examples/default/austen.txt $golden/curve
oracle curve_models
oracle peft_initial
oracle curve examples/default/model $texts $golden/curve/tiny --rank 2 --alpha 4
oracle curve examples/default/model $texts $golden/curve/tiny-full --method full --lr 1e-4
oracle trainer_curve
oracle strategies
oracle laws
"$work/mergekit/bin/python" -W ignore "$repository/tests/oracles/composers.py"

without=(smollm2-logits.safetensors curve/smollm2)
if [[ -n $smollm2 ]]; then
    without=()
    "$repository/tests/oracles/fetch_smollm2.sh" "$work/smollm2"
    oracle logits "$work/smollm2" $golden/smollm2-logits.safetensors --every 96
    oracle curve "$work/smollm2" $texts $golden/curve/smollm2 --lr 2e-4 --max-length 128
    # 10 MB, and not committed.
    rm -r $golden/curve/smollm2/initial
fi

oracle compare_golden "$repository/tests/golden" $golden --without "${without[@]}"
