#!/usr/bin/env bash
# Builds every plugin here to plugins/NAME.wasm.
#
#   ./build.sh           build, and record compiler and hashes in BUILD.txt
#   ./build.sh --check   build elsewhere and compare with what is committed
#
# The bytes depend on the compiler alone. With the compiler of BUILD.txt, --check compares bytes; with another, it builds
# and says that only that was checked. A compiler is either one with the target (`rustup target add wasm32-unknown-unknown`),
# or Debian's `rustc-web` with `rust-web-src`, which builds the standard library too.
set -euo pipefail
cd "$(dirname "$0")"
plugins="full lora rank-select"
target=wasm32-unknown-unknown

flags=()
if [ -x /usr/bin/rustc ] && [ -d /usr/src/rustc-"$(/usr/bin/rustc --version | cut -d' ' -f2)"/library ]; then
  linker="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld"
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker"
  flags=(-Z build-std=std,panic_abort --config 'profile.release.trim-paths="all"' -Z trim-paths)
elif [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  echo "no compiler for $target: run \`rustup target add $target\`, or install Debian's rustc-web and rust-web-src" >&2
  exit 3
fi
compiler="$("${RUSTC:-rustc}" -vV | sed -n '1p;s/^LLVM version: /LLVM /p' | paste -sd' ')"
# Places in panic messages would name the folder of cargo's registry.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$(cd .. && pwd)=/graftwork -Zlocation-detail=none"
[ ${#flags[@]} -gt 0 ] || RUSTFLAGS="${RUSTFLAGS% -Zlocation-detail=none}"

cargo build --locked --release --target "$target" "${flags[@]}"

out=.
[ "${1:-}" != --check ] || { out=$(mktemp -d); trap 'rm -rf "$out"' EXIT; }
for plugin in $plugins; do
  cp "target/$target/release/${plugin//-/_}.wasm" "$out/$plugin.wasm"
done
if [ "${1:-}" != --check ]; then
  { echo "$compiler"; sha256sum $(printf '%s.wasm ' $plugins); } >BUILD.txt
  cat BUILD.txt
elif [ "$compiler" != "$(head -1 BUILD.txt)" ]; then
  echo "built with $compiler; the committed plugins with $(head -1 BUILD.txt): bytes not compared"
else
  for plugin in $plugins; do
    cmp "$out/$plugin.wasm" "$plugin.wasm" || { echo "plugins/$plugin.wasm is not what its source builds to; run plugins/build.sh" >&2; exit 1; }
  done
  echo "all plugins are what their sources build to, byte for byte"
fi
