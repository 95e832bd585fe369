#!/usr/bin/env bash
# Fuzzes with libFuzzer, on the pinned compiler and without cargo-fuzz:
#
#   fuzz/run.sh TARGET [RUNS] [FLAG]...   RUNS inputs (10 million) from the corpus on; what is found goes to fuzz/artifacts/TARGET
#   fuzz/run.sh TARGET --keep             adds to the corpus what the runs before came upon, then leaves of it what is needed to
#                                         reach all that it reaches
#   fuzz/run.sh --pack FILE               programs, corpus and campaign.sh, for a machine without a compiler (FILE is a .tar.xz)
#   fuzz/run.sh --ci                      each target for some seconds
#
# Needs a C++ compiler, for libFuzzer itself.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(plan expression plugin checkpoint adapter jsonl)
target=${1:?a target: ${targets[*]}}
folder=${CARGO_TARGET_DIR:-target}
build=(cargo build --release --locked -p graftwork-fuzz --features libfuzzer --bins)
export CARGO_INCREMENTAL=0
if [ "$target" = --ci ]; then
  # Only the branches of this workspace are watched: the rest is what the tests were built with.
  RUSTC_WORKSPACE_WRAPPER=$PWD/fuzz/instrument.sh "${build[@]}"
  programs=$folder/release
else
  # What cargo-fuzz does with `--sanitizer none`: an address sanitizer would look for what takes unsafe code.
  triple=$(rustc -vV | sed -n 's/^host: //p')
  RUSTFLAGS="--cfg fuzzing" RUSTC_WRAPPER=$PWD/fuzz/instrument.sh "${build[@]}" --target-dir "$folder/fuzz" --target "$triple"
  programs=$folder/fuzz/$triple/release
fi

# The files that targets write lie in memory where there is a disk of it, and are gone afterwards.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$scratch"' EXIT
export programs scratch

fuzz() {
  local target=$1
  shift
  mkdir -p "fuzz/artifacts/$target"
  # Features of a plugin are so many that weighing them takes longer than loading it.
  [ "$target" != plugin ] || set -- -entropic=0 "$@"
  TMPDIR=$scratch "$programs/$target" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="fuzz/artifacts/$target/" "$@"
}

for_seconds() {
  mkdir "$scratch/$1"
  if fuzz "$1" -max_total_time=10 "$scratch/$1" "fuzz/corpus/$1" >"$scratch/$1.log" 2>&1; then
    echo "$1: $(grep '^Done' "$scratch/$1.log")"
  else
    tail -n 40 "$scratch/$1.log"
    return 1
  fi
}
export -f fuzz for_seconds

case "$target ${2:-}" in
  "--ci ")
    printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'for_seconds {}'
    ;;
  --pack\ *)
    pack=$scratch/fuzz-campaign
    mkdir -p "$pack"/{bin,lib}
    for target in "${targets[@]}"; do strip -o "$pack/bin/$target" "$programs/$target"; done
    ldd "$pack"/bin/* | awk '/lib(stdc\+\+|gcc_s)\.so/ { print $3 }' | sort -u | xargs cp -Lt "$pack/lib"
    cp -r fuzz/corpus fuzz/campaign.sh "$pack"
    tar -C "$scratch" -c fuzz-campaign | xz -9 -T0 >"$2"
    ;;
  *" --keep")
    # What has a name of its own is a seed, or was once a find, and stays whatever else reaches the same.
    mkdir "$scratch/kept"
    # Which branches are taken counts, not how often: some hundred inputs and not some thousand.
    fuzz "$target" -set_cover_merge=1 -use_counters=0 "$scratch/kept" "fuzz/corpus/$target" "$folder/fuzz/corpus/$target"
    find "fuzz/corpus/$target" -regextype egrep -regex '.*/[0-9a-f]{40}' -delete
    for file in "$scratch/kept"/*; do
      [ -n "$(find "fuzz/corpus/$target" -type f -exec cmp -s {} "$file" \; -print -quit)" ] || cp "$file" "fuzz/corpus/$target"
    done
    ;;
  *)
    mkdir -p "$folder/fuzz/corpus/$target"
    fuzz "$target" -runs="${2:-10000000}" "${@:3}" "$folder/fuzz/corpus/$target" "fuzz/corpus/$target"
    ;;
esac
