#!/usr/bin/env bash
# The host and PEFT on the same GPU, one after the other, on the same model, text and batch.
#
# usage: benches/gpu.sh MODEL_DIR [lora|full] [ROWSxTOKENS] [--compile]
#
# HOST is the binary, target/cuda/release/host if unset; PYTHON one that has torch, transformers and peft, python3 if unset.
# With --compile PEFT's model goes through torch.compile. Prints a line of JSON for each, and ours relative to PEFT's.
set -euo pipefail

model=${1:?usage: gpu.sh MODEL_DIR [lora|full] [ROWSxTOKENS] [--compile]}
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
options=(--method "${2:-lora}" --batch "${3:-8x1024}")

text=$(mktemp)
trap 'rm -f "$text"' EXIT
head -n 30000 "$root/examples/default/austen.txt" >"$text"

ours=$("$python" "$here/gpu_host.py" "${HOST:-$root/target/cuda/release/host}" "$model" "$text" "${options[@]}")
echo "$ours"
theirs=$("$python" "$here/gpu_peft.py" "$model" "$text" "${options[@]}" ${4:+"$4"})
echo "$theirs"
"$python" - "$ours" "$theirs" <<'PYTHON'
import json, sys

ours, theirs = map(json.loads, sys.argv[1:])
for key in ("tokens_per_second", "peak_memory_bytes"):
    print(f"{key}: {ours[key] / theirs[key]:.2f} of PEFT's")
PYTHON
