#!/usr/bin/env bash
# Makes, builds, compares and checks the templates of all four languages with the toolchains of this machine: the same
# settings on the same models have to give the same plan, hash by hash. Prints sizes and times.
#
#   ./check_languages.sh             in a folder of its own, removed at the end
#   ./check_languages.sh --fixtures  also puts what tests need into tests/fixtures
#
# It needs cargo with a WebAssembly target (or Debian's rustc-web and rust-web-src), clang and lld, python3 and npm; the
# tools from PyPI and npm are installed into the plugins' own folders.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --example languages
languages="${CARGO_TARGET_DIR:-../../target}/release/examples/languages"
# The plugins have target folders of their own.
unset CARGO_TARGET_DIR
"$languages" new "$work"
(cd "$work/rust/my-method" && cargo test --quiet)
(cd "$work/python/my-method" && python3 -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt)
(cd "$work/js/my-method" && npm install --silent --no-audit --no-fund)
# No path of this machine goes into what is committed.
remap=""
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do remap+=" --remap-path-prefix=$registry=/crates"; done
RUSTFLAGS="$remap" "$languages" build "$work"
if [ "${1:-}" = --fixtures ]; then
  for language in rust c js; do
    # The interpreter of JavaScript has paths of the machine that it was built on in it.
    LC_ALL=C sed 's/index\.crates\.io/the-crate-index/g' "$work/$language/my-method/my-method.wasm" >"tests/fixtures/$language.wasm"
  done
fi
