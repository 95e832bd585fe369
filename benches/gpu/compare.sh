#!/usr/bin/env bash
# The host and PEFT on the same GPU, one after the other, on the same model, text and batch.
#
# usage: benches/gpu/compare.sh MODEL_DIR [lora|full] [ROWSxTOKENS] [--recompute] [--compile]
#
# HOST is the binary, target/cuda/release/host if unset; PYTHON one that has torch, transformers and peft, python3 if unset.
# With --recompute both compute blocks again in the backward pass; with --compile PEFT's model goes through torch.compile. Prints a
# line of JSON for each, ours relative to PEFT's, and the floor: the time that the step's products take at the rate of a large one
# on this card, as a part of our step.
set -euo pipefail

model=${1:?usage: compare.sh MODEL_DIR [lora|full] [ROWSxTOKENS] [--recompute] [--compile]}
method=${2:-lora} batch=${3:-8x1024}
shift $(($# < 3 ? $# : 3))
both=() peft=()
for option in "$@"; do
  case $option in
    --recompute) both+=("$option") ;;
    --compile) peft+=("$option") ;;
    *) echo "compare.sh: no option is called $option" >&2 && exit 2 ;;
  esac
done
benches=$(cd "$(dirname "$0")/.." && pwd)
root=$(dirname "$benches")
python=${PYTHON:-python3}
options=(--device cuda:0 --method "$method" --batch "$batch" "${both[@]}")

text=$(mktemp)
trap 'rm -f "$text"' EXIT
head -n 30000 "$root/examples/default/austen.txt" >"$text"

ours=$("$python" "$benches/host.py" "${HOST:-$root/target/cuda/release/host}" "$model" "$text" "${options[@]}")
echo "$ours"
theirs=$("$python" "$benches/peft_train.py" "$model" "$text" "${options[@]}" "${peft[@]}")
echo "$theirs"
"$python" "$benches/ratios.py" "$model" "$ours" "$theirs"
