#!/usr/bin/env bash
# rustc for fuzz/run.sh. libFuzzer is shown what branches are taken in what is built for the target (`--cfg fuzzing`: no build
# script, no macro), but not in the compiler of plugins: it is most of the code and none that reads a file.
set -euo pipefail
rustc=$1
shift
if [[ " $* " == *" --cfg fuzzing "* && " $* " != *" --crate-name "@(cranelift|wasmtime|regalloc|pulley|gimli|object|rayon)* ]]; then
  for flag in level=4 inline-8bit-counters pc-table trace-compares; do
    set -- "$@" -C "llvm-args=-sanitizer-coverage-$flag"
  done
  set -- "$@" -C passes=sancov-module
fi
exec "$rustc" "$@"
