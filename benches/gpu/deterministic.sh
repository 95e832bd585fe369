#!/usr/bin/env bash
# Whether two runs with --deterministic are the same, bit by bit: what was measured in every update and evaluation, and every tensor of
# the result.
#
# usage: benches/gpu/deterministic.sh [MODEL_DIR] [STEPS]
#
# HOST is the binary, target/cuda/release/host if unset; DEVICE is cuda:0 if unset. The model is examples/default/model if none is given;
# one of random weights, of any size, comes from random_llama.py. It has to be in bf16. Among the methods are some whose weights
# are built as matrices, by the tensor library's kernels and not by Graftwork's own. Exits with 1 where anything differs.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
model=${1:-$root/examples/default/model} steps=${2:-30}
host=${HOST:-$root/target/cuda/release/host}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
head -n 4000 "$root/examples/default/austen.txt" >"$scratch/text.txt"

train() { # OUT METHOD [SETTING…]
  local out=$1 method=$2 settings=()
  for setting in "${@:3}"; do settings+=(--set "$setting"); done
  "$host" run --json --deterministic --device "${DEVICE:-cuda:0}" --model "$model" --data "$scratch/text.txt" --format text \
    --strategy "$root/plugins/$method.wasm" "${settings[@]}" --packing --max-length 256 --batch-size 4 --gradient-accumulation 2 \
    --steps "$steps" --eval-every 10 --out "$out" >"$out.log" || { tail -n 3 "$out.log" >&2; exit 1; }
}

# Everything that a run computed: the lines of its metrics without times, and the hashes of its tensors.
computed() {
  sed -E 's/"(seconds|tokens_per_second)":[^,}]*,?//g' "$1/metrics.jsonl"
  (cd "$1" && find . -path ./checkpoints -prune -o -name '*.safetensors' -print | sort | xargs sha256sum)
}

differ=0
while read -r method settings; do
  # shellcheck disable=SC2086
  for run in a b; do train "$scratch/$method-$run" "$method" $settings; done
  if diff <(computed "$scratch/$method-a") <(computed "$scratch/$method-b") >"$scratch/$method.diff"; then
    echo "$method: $steps updates, equal to the last bit"
  else
    echo "$method: the runs differ:" && head -n 4 "$scratch/$method.diff" && differ=1
  fi
done <<'METHODS'
lora rank=16 dropout=0.1
full
dora rank=8
loha rank=4
oft
ada-lora
METHODS
exit $differ
