"""The adapter as vLLM loads it: a folder in PEFT's form."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

files = ("adapter_config.json", "adapter_model.safetensors")
most_rank = 256
"""vLLM's largest --max-lora-rank."""


class AdapterError(Exception):
    """vLLM would not load it."""


def export_adapter(source: Path, target: Path) -> str:
    """Copies what serving needs, whole or not at all.

    :returns: SHA-256 over the files' names and contents
    :raises AdapterError: for a folder that vLLM cannot load
    """
    check_adapter(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for name in files:
        shutil.copyfile(source / name, partial / name)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return adapter_hash(target)


def load_weights(model: Any, folder: Path) -> None:
    """Those of an adapter that was saved, in the place of the model's own."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(folder / "adapter_model.safetensors"))


def check_adapter(folder: Path) -> None:
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise AdapterError(f"{folder} lacks {', '.join(missing)}")
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if config.get("peft_type") != "LORA":
        raise AdapterError(f"{folder} holds {config.get('peft_type')}, not LoRA")
    if config.get("modules_to_save") or config.get("use_dora") or config.get("bias", "none") != "none":
        raise AdapterError(f"{folder} has whole modules, DoRA or biases, which vLLM does not load")
    if config.get("r", 0) > most_rank:
        raise AdapterError(f"{folder} has rank {config['r']}, more than {most_rank}")


def adapter_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in files:
        digest.update(name.encode())
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()
