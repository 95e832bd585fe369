#!/usr/bin/env bash
# Fuzzes with libFuzzer, on the pinned compiler and without cargo-fuzz:
#
#   fuzz/run.sh TARGET [RUNS] [FLAG]...   RUNS inputs (10 million) from the corpus on; what is found goes to fuzz/artifacts/TARGET
#   fuzz/run.sh TARGET --keep             adds to the corpus what the runs before came upon, then leaves of it what is needed to
#                                         reach all that it reaches
#   fuzz/run.sh --ci                      each target for some seconds
#
# Needs a C++ compiler, for libFuzzer itself.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(plan expression plugin checkpoint adapter jsonl)
triple=$(rustc -vV | sed -n 's/^host: //p')
folder=${CARGO_TARGET_DIR:-target}/fuzz

# What cargo-fuzz does with `--sanitizer none`: an address sanitizer would look for what takes unsafe code.
CARGO_INCREMENTAL=0 RUSTFLAGS="--cfg fuzzing" RUSTC_WRAPPER=$PWD/fuzz/instrument.sh \
  cargo build --release --locked --target-dir "$folder" --target "$triple" -p graftwork-fuzz --bins

# The files that targets write lie in memory where there is a disk of it, and are gone afterwards.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$scratch"' EXIT

fuzz() {
  local target=$1
  shift
  mkdir -p "fuzz/artifacts/$target"
  TMPDIR=$scratch "$folder/$triple/release/$target" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="fuzz/artifacts/$target/" "$@"
}

if [ "${1:-}" = --ci ]; then
  for target in "${targets[@]}"; do
    mkdir -p "$scratch/$target"
    fuzz "$target" -max_total_time=15 "$scratch/$target" "fuzz/corpus/$target"
  done
  exit
fi

target=${1:?a target: ${targets[*]}}
mkdir -p "$folder/corpus/$target" "fuzz/corpus/$target"
if [ "${2:-}" = --keep ]; then
  # What has a name of its own is a seed, or was once a find, and stays whatever else reaches the same.
  mkdir "$scratch/kept"
  fuzz "$target" -merge=1 "$scratch/kept" "fuzz/corpus/$target" "$folder/corpus/$target"
  find "fuzz/corpus/$target" -regextype egrep -regex '.*/[0-9a-f]{40}' -delete
  for file in "$scratch/kept"/*; do
    [ -n "$(find "fuzz/corpus/$target" -type f -exec cmp -s {} "$file" \; -print -quit)" ] || cp "$file" "fuzz/corpus/$target"
  done
else
  fuzz "$target" -runs="${2:-10000000}" "${@:3}" "$folder/corpus/$target" "fuzz/corpus/$target"
fi
