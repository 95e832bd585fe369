#!/usr/bin/env bash
# Builds a `host` that needs no shared library, for machines of any Linux distribution, and tries it where there is nothing else.
#
# usage: scripts/static.sh [OUT]        OUT is target/static/host if not given
#
# Needs the static libraries of the GNU C library (Debian: libc6-dev). The program computes on the processor: a GPU's driver comes as a
# shared library, which a static program cannot open.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/static/host}
target=${CARGO_TARGET_DIR:-target}

# Only the program itself is told: the compiler's macros are shared libraries, and stay so.
cargo rustc --profile dist --locked -p graftwork-cli --bin host -- -C target-feature=+crt-static
mkdir -p "$(dirname "$out")"
cp "$target/dist/host" "$out"

fail() {
  echo "static.sh: $*" >&2
  exit 1
}

if readelf --program-headers "$out" | grep -q INTERP || readelf --dynamic "$out" 2>/dev/null | grep -q NEEDED; then
  fail "$out needs shared libraries"
fi

# A root folder that has the program, a place for what it writes, and random bytes, which every system has; no /etc, no /proc.
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
cp "$out" "$empty/host"
mkdir "$empty/home" "$empty/tmp" "$empty/dev"
head -c 65536 /dev/urandom | tee "$empty/dev/random" >"$empty/dev/urandom"
alone() {
  local enter=(chroot)
  [ "$(id -u)" = 0 ] || enter=(unshare --map-root-user chroot)
  env -i HOME=/home PATH="$PATH:/usr/sbin" "${enter[@]}" "$empty" /host "$@"
}
alone check --strategy lora >"$empty/check.txt" || fail "\`host check\` fails in an empty folder: $(cat "$empty/check.txt")"
grep -q '^memory' "$empty/check.txt" || fail "\`host check\` says nothing of memory: $(cat "$empty/check.txt")"
alone run --strategy lora --steps 3 --out /home/run >"$empty/run.txt" || fail "\`host run\` fails in an empty folder: $(cat "$empty/run.txt")"
[ -s "$empty/home/run/adapter/adapter_model.safetensors" ] || fail "\`host run\` left no adapter"
echo "$out: $(stat -c %s "$out") bytes, static; it trains in an empty folder"
