#!/usr/bin/env bash
# How long a command takes before it does anything: the host, and what a script of PEFT's and Axolotl's command line take.
#
# usage: benches/startup.sh
#
# HOST is the binary, target/release/host if unset; PYTHON one that has peft, python3 if unset; AXOLOTL Axolotl's command, left out if
# unset. RUNS is 20 if unset. Needs hyperfine and jq (Debian has both). Prints the median, the least and the most of the
# time, and the mean of the processor time, which other programs on the machine change less.
#
# PEFT has no command line: that it is imported is what any script that uses it begins with.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
host=${HOST:-$root/target/release/host}
python=${PYTHON:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CACHE_HOME="$scratch/cache"
# Enough for a run, and little enough that reading it does not count.
head -n 200 "$root/examples/default/austen.txt" >"$scratch/text.txt"

# measure NAME COMMAND [hyperfine's options]
measure() {
  local name=$1 command=$2
  shift 2
  hyperfine --shell=none --runs "${RUNS:-20}" --warmup 1 --export-json "$scratch/one.json" "$@" -- "$command" >/dev/null 2>"$scratch/errors" ||
    { cat "$scratch/errors" >&2; exit 1; }
  jq -r --arg name "$name" '.results[0] | [.median, .min, .max, .user + .system] | map(. * 10000 | round / 10 | tostring) |
    [$name] + . | join("|")' "$scratch/one.json"
}

{
  echo "command|median ms|least|most|mean CPU ms"
  measure "host --help" "$host --help"
  measure "host check, 200 lines of text" "$host check --strategy lora --data $scratch/text.txt"
  measure "the same, plugin not compiled yet" "$host check --strategy lora --data $scratch/text.txt" --prepare "rm -rf $XDG_CACHE_HOME/graftwork/plugins"
  measure "host check, the text inside (4 MB)" "$host check --strategy lora"
  measure "python -c 'import peft'" "$python -c 'import peft'"
  if [ -n "${AXOLOTL:-}" ]; then
    measure "axolotl --help" "$AXOLOTL --help"
  fi
} | column -t -s '|'
