#!/usr/bin/env bash
# Makes src/bindings/ from ../../wit with wit-bindgen's macro. Run it after a change of the contract.
# The result is committed, so that a plugin need not compile the generator (which takes three times as long as the plugin).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "generate"
version = "0.0.0"
edition = "2024"
[dependencies]
wit-bindgen = { version = "=0.61.1", default-features = false, features = ["macros", "realloc"] }
[workspace]
TOML
shared=""
for interface in model stats selection training random log expression types; do
  shared+="\"graftwork:strategy/$interface@0.1.0\": crate::bindings::strategy::graftwork::strategy::$interface,"
done
for world in strategy selector composer controller steered-strategy; do
  module=${world//-/_}
  with=""
  [ "$world" = strategy ] || with="with: { $shared },"
  cat >"$work/src/lib.rs" <<RUST
extern crate self as graftwork_sdk;
pub use wit_bindgen::rt;
pub mod bindings {
    pub mod $module {
        wit_bindgen::generate!({
            path: "$here/../../wit", world: "$world-plugin", pub_export_macro: true, generate_all, $with
            default_bindings_module: "graftwork_sdk::bindings::$module", runtime_path: "graftwork_sdk::rt",
            export_macro_name: "__export_${module}_plugin",
        });
    }
}
RUST
  # The other worlds' bindings refer to the strategy's, which are not in this crate: only what the macro writes matters.
  (cd "$work" && WIT_BINDGEN_DEBUG=1 cargo check -q 2>log) || [ "$world" != strategy ] || { cat "$work/log" >&2; exit 1; }
  file=$(find "$work/target" -name "$world-plugin*.rs" | head -1)
  sed -E "s/__export_graftwork_strategy_([a-z]+)_0_1_0_cabi/__export_${module}_world_\\1_0_1_0_cabi/g" "$file" >"$here/src/bindings/$module.rs"
done
echo "wrote src/bindings/"
