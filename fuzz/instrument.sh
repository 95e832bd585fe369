#!/usr/bin/env bash
# rustc for fuzz/run.sh. libFuzzer is shown what branches are taken in what is built for a target, but not in the compiler of
# plugins, which is most of the code and none that reads a file, nor in what writes a plugin's interfaces and reads them again,
# which takes longer than all else when it is watched.
set -euo pipefail
rustc=$1
shift
if [[ " $* " != *" --crate-name "@(cranelift|wasmtime|regalloc|pulley|gimli|object|rayon|wit_parser|wasm_encoder|build_script_)* ]] &&
  # Where everything is built by this, what is built for the host is not for a target: macros and what they use.
  [[ -z ${RUSTC_WRAPPER:-} || " $* " == *" --cfg fuzzing "* ]]; then
  for flag in level=4 inline-8bit-counters pc-table trace-compares; do
    set -- "$@" -C "llvm-args=-sanitizer-coverage-$flag"
  done
  set -- "$@" -C passes=sancov-module
fi
exec "$rustc" "$@"
