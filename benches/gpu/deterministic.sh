#!/usr/bin/env bash
# Whether two runs with --deterministic are the same, bit by bit: what was measured in every update and evaluation, and every tensor of
# the result.
#
# usage: benches/gpu/deterministic.sh HOST [MODEL_DIR] [STEPS]
#
# HOST is the binary, built with the feature cuda; DEVICE is cuda:0 if unset. The model is examples/default/model if none is given; one of
# random weights, of any size, comes from random_llama.py. It has to be in bf16. Nothing else is needed but this repository and what
# `HOST doctor` asks for. Among the methods are some whose weights are built as matrices, by the tensor library's kernels and not by
# Graftwork's own. The last line is the verdict: exit 0 where all are equal, 1 where anything differs, 2 where a run failed.
set -euo pipefail

host=${1:?usage: deterministic.sh HOST [MODEL_DIR] [STEPS]}
root=$(cd "$(dirname "$0")/../.." && pwd)
model=${2:-$root/examples/default/model} steps=${3:-30} device=${DEVICE:-cuda:0}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
head -n 4000 "$root/examples/default/austen.txt" >"$scratch/text.txt"

train() { # OUT METHOD [SETTING…]
  local out=$1 method=$2 settings=()
  for setting in "${@:3}"; do settings+=(--set "$setting"); done
  "$host" run --json --deterministic --device "$device" --model "$model" --data "$scratch/text.txt" --format text \
    --strategy "$root/plugins/$method.wasm" "${settings[@]}" --packing --max-length 256 --batch-size 4 --gradient-accumulation 2 \
    --steps "$steps" --eval-every 10 --out "$out" </dev/null >"$out.log" 2>&1 || failed "$method" "$out"
  [[ $(grep -c '"event":"step"' "$out/metrics.jsonl") == "$steps" ]] || failed "$method" "$out"
}

failed() { # METHOD OUT
  tail -n 3 "$2.log"
  echo "NO VERDICT: $1 did not run to its end"
  exit 2
}

# Everything that a run computed: the lines of its metrics without times, and the hashes of its tensors.
computed() {
  sed -E 's/"(seconds|tokens_per_second)":[^,}]*,?//g' "$1/metrics.jsonl"
  (cd "$1" && find . -path ./checkpoints -prune -o -name '*.safetensors' -print0 | sort -z | xargs -0 sha256sum)
}

equal=() different=()
while read -r method settings; do
  # shellcheck disable=SC2086
  for run in a b; do train "$scratch/$method-$run" "$method" $settings; done
  if diff <(computed "$scratch/$method-a") <(computed "$scratch/$method-b") >"$scratch/$method.diff"; then
    echo "$method: $steps updates, equal to the last bit"
    equal+=("$method")
  else
    echo "$method: the runs differ:"
    head -n 4 "$scratch/$method.diff"
    different+=("$method")
  fi
  rm -rf "$scratch/$method"-[ab]
done <<'METHODS'
lora rank=16 dropout=0.1
full
dora rank=8
loha rank=4
oft
ada-lora
METHODS
if ((${#different[@]})); then
  echo "DIFFERENT on $device: ${different[*]}"
  exit 1
fi
echo "EQUAL on $device: ${equal[*]}, $steps updates each, twice, bit by bit"
