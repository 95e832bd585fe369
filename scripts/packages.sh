#!/usr/bin/env bash
# Packs every crate as it would be published, and checks that what is packed is small enough and compiles from nothing else: a file
# that a crate reads from elsewhere in the repository is missing from its package.
#
# usage: scripts/packages.sh [DIR]      DIR is where the packages are unpacked, target/packages if not given
#
# It uses what other builds have left of the dependencies, so that it takes a minute. `cargo publish --dry-run --workspace` checks the
# same with each crate built by itself, which takes twenty.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
unpacked=$(realpath -m "${1:-target/packages}")

unpublished=(graftwork-conformance graftwork-fuzz graftwork-web-service)
cargo package --quiet --workspace "${unpublished[@]/#/--exclude=}" --no-verify --exclude-lockfile --allow-dirty 2>&1 |
  { grep -v '^warning: ignoring' || true; }

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
rm -rf "$unpacked"
mkdir -p "$unpacked"
for crate in "$target"/package/graftwork*-"$version".crate; do
  name=$(basename "$crate" "-$version.crate")
  [[ " ${unpublished[*]} " != *" $name "* ]] || continue
  if [ "$(stat -c %s "$crate")" -gt $((10 << 20)) ]; then
    echo "packages.sh: $(basename "$crate") has $(stat -c %s "$crate") bytes, and a registry takes 10 MiB" >&2
    exit 1
  fi
  tar -xzf "$crate" -C "$unpacked"
done

# A workspace of the packages alone, with this one's versions and profiles.
{
  printf '[workspace]\nresolver = "3"\nmembers = ["*"]\n'
  sed -n '/^\[profile/,/^$/p' Cargo.toml
  printf '[patch.crates-io]\ncubecl-llvm = { path = "%s/crates/cuda-compiler" }\n' "$PWD"
  for folder in "$unpacked"/*/; do
    name=$(basename "$folder")
    printf '%s = { path = "%s" }\n' "${name%-"$version"}" "$name"
  done
} >"$unpacked/Cargo.toml"
cp Cargo.lock "$unpacked"
cd "$unpacked"
CARGO_TARGET_DIR="$target" cargo check --quiet --release -p graftwork-cli -p graftwork-sdk
echo "the packages are small enough, and compile"
