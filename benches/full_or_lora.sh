#!/usr/bin/env bash
# The comparisons that docs/full-or-lora.md quotes: full fine-tuning and LoRA of two ranks, each at its best learning rate, on a little, some and
# much of one author's text, evaluated on text that none of them saw.
#
# usage: benches/full_or_lora.sh HOST MODEL DEVICE OUT [SIZE…]       e.g. target/release/host models/SmolLM2-135M cuda:0 runs/full-or-lora
#
# SIZEs are little, some, much; all three if none is given. Each leaves a comparison in OUT/SIZE: report.html, comparison.json, and its runs.
set -euo pipefail
cd "$(dirname "$0")/.."
host=$1 model=$2 device=$3 out=$4
shift 4
[ $# -gt 0 ] || set -- little some much

mkdir -p "$out"
text=examples/default/austen.txt
head -c 3500000 "$text" >"$out/much.txt"
head -c 500000 "$text" >"$out/some.txt"
head -c 60000 "$text" >"$out/little.txt"
tail -c 200000 "$text" >"$out/held-out.txt"
declare -A epochs=([little]=10 [some]=4 [much]=1)

for size in "$@"; do
  "$host" compare --model "$model" --device "$device" --data "$out/$size.txt" --eval "$out/held-out.txt" \
    --strategy 'full: plugins/full.wasm' \
    --strategy 'lora-16: plugins/lora.wasm rank=16 alpha=32' \
    --strategy 'lora-2: plugins/lora.wasm rank=2 alpha=4' \
    --sweep --max-length 512 --batch-size 8 --epochs "${epochs[$size]}" --sample 'Elizabeth was surprised to find' \
    --out "$out/$size"
done
