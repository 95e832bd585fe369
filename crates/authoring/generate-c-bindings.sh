#!/usr/bin/env bash
# Makes templates/c/bindings/ from ../../wit. Run it after a change of the contract, with wit-bindgen 0.61.1:
#   cargo install wit-bindgen-cli --version 0.61.1 --locked --no-default-features --features c
# The result is committed, so that an author of a C plugin needs a compiler and nothing else.
set -euo pipefail
cd "$(dirname "$0")"
renames=()
for interface in model stats selection training random log expression types plugin strategy; do
  renames+=(--rename "graftwork:strategy/$interface@0.1.0=$interface")
done
wit-bindgen c ../../wit --world strategy-plugin --rename-world graftwork --no-helpers --no-object-file \
  "${renames[@]}" --out-dir templates/c/bindings
