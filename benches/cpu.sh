#!/usr/bin/env bash
# The host and PEFT on the same CPU, one after the other, on the same model, text, batch and threads.
#
# usage: benches/cpu.sh MODEL_DIR [lora|full] [ROWSxTOKENS]
#
# HOST is the binary, target/release/host if unset; PYTHON one that has tests/oracles/requirements.txt, python3 if unset.
# THREADS is 2 if unset. Prints a line of JSON for each, and ours relative to PEFT's.
set -euo pipefail

model=${1:?usage: cpu.sh MODEL_DIR [lora|full] [ROWSxTOKENS]}
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
options=(--method "${2:-lora}" --batch "${3:-2x128}" --threads "${THREADS:-2}")

text=$(mktemp)
trap 'rm -f "$text"' EXIT
# Enough for the steps, and little enough that reading it does not count in the memory.
head -n 5000 "$root/examples/default/austen.txt" >"$text"

ours=$("$python" "$here/host.py" "${HOST:-$root/target/release/host}" "$model" "$text" "${options[@]}")
echo "$ours"
theirs=$("$python" "$here/peft_train.py" "$model" "$text" "${options[@]}")
echo "$theirs"
"$python" "$here/ratios.py" "$model" "$ours" "$theirs"
