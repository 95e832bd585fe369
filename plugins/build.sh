#!/usr/bin/env bash
# Builds every plugin here to plugins/NAME.wasm, and that of examples/custom-strategy beside its source.
#
#   ./build.sh           build, and record compiler and hashes in BUILD.txt
#   ./build.sh --check   build without touching the committed files, and compare
#
# The bytes depend on the sources and the compiler alone, not on where either lies. With the compiler of BUILD.txt, --check
# compares bytes; with another, it builds and says that only that was checked. A compiler is either one with the target
# (`rustup target add wasm32-unknown-unknown`), or Debian's `rustc-web` with `rust-web-src`, which builds the standard
# library too. Exit code 3: there is none.
set -euo pipefail
cd "$(dirname "$0")"
plugins=(
  ada-lora bitfit cat dare dora full gradual-unfreeze ia3 layer-freeze linear lisa loha lokr lora magnitude-prune
  norm-tuning oft pera rank-select relora slerp svd task-arithmetic ties vera lora-xs
)
target=wasm32-unknown-unknown
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS

flags=()
if [ -x /usr/bin/rustc ] && [ -d "/usr/src/rustc-$(/usr/bin/rustc --version | cut -d' ' -f2)/library" ]; then
  linker="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld"
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker"
  flags=(-Z build-std=std,panic_abort --config 'profile.release.trim-paths="all"' -Z trim-paths)
elif [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  echo "no compiler for $target: run \`rustup target add $target\`, or install Debian's rustc-web and rust-web-src" >&2
  exit 3
fi
compiler="$("${RUSTC:-rustc}" -vV | sed -n '1p;s/^LLVM version: /LLVM /p' | paste -sd' ')"
# No path of this machine goes into a plugin, not even the name of cargo's registry folder.
# Cargo hashes the path of a crate beside the workspace into its symbols, so the build always goes through one path.
root=/tmp/graftwork-plugins
ln -sfn "$(cd .. && pwd)" "$root"
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$root=/graftwork"
[ ${#flags[@]} = 0 ] || RUSTFLAGS+=" -Zlocation-detail=none"

cargo build --locked --release --manifest-path "$root/plugins/Cargo.toml" --target "$target" --target-dir target "${flags[@]}" \
  "${plugins[@]/#/--package=}"
built() { echo "target/$target/release/${1//-/_}.wasm"; }
committed() { [ "$1" = lora-xs ] && echo ../examples/custom-strategy/lora-xs.wasm || echo "$1.wasm"; }

if [ "${1:-}" != --check ]; then
  for plugin in "${plugins[@]}"; do
    install -m 644 "$(built "$plugin")" "$(committed "$plugin")"
  done
  { echo "$compiler"; for plugin in "${plugins[@]}"; do sha256sum "$(committed "$plugin")"; done; } | tee BUILD.txt
elif ! tail -n +2 BUILD.txt | sha256sum --quiet --check; then
  echo "the committed plugins are not those of plugins/BUILD.txt; run plugins/build.sh" >&2
  exit 1
elif [ "$compiler" != "$(head -1 BUILD.txt)" ]; then
  echo "built with $compiler; the committed plugins with $(head -1 BUILD.txt): bytes not compared"
else
  for plugin in "${plugins[@]}"; do
    cmp "$(built "$plugin")" "$(committed "$plugin")" ||
      { echo "$(committed "$plugin") is not what its source builds to; run plugins/build.sh" >&2; exit 1; }
  done
  echo "all plugins are what their sources build to, byte for byte"
fi
