import json
from pathlib import Path

import pytest

from nano_training.adapter import AdapterError, adapter_hash, export_adapter


def folder_with(path: Path, **config: object) -> Path:
    path.mkdir()
    (path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 32, **config}))
    (path / "adapter_model.safetensors").write_bytes(b"weights")
    (path / "optimizer.pt").write_bytes(b"not served")
    return path


def test_exports_what_serving_needs(tmp_path: Path) -> None:
    digest = export_adapter(folder_with(tmp_path / "best"), tmp_path / "out" / "adapter")
    exported = tmp_path / "out" / "adapter"
    assert sorted(file.name for file in exported.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    assert digest == adapter_hash(exported)


def test_the_hash_tells_weights_apart(tmp_path: Path) -> None:
    one, other = folder_with(tmp_path / "a"), folder_with(tmp_path / "b")
    assert adapter_hash(one) == adapter_hash(other)
    (other / "adapter_model.safetensors").write_bytes(b"other")
    assert adapter_hash(one) != adapter_hash(other)


@pytest.mark.parametrize(
    ("config", "said"),
    [({"peft_type": "IA3"}, "not LoRA"), ({"modules_to_save": ["lm_head"]}, "whole modules"), ({"r": 512}, "rank")],
)
def test_refuses_what_vllm_cannot_load(tmp_path: Path, config: dict, said: str) -> None:
    with pytest.raises(AdapterError, match=said):
        export_adapter(folder_with(tmp_path / "best", **config), tmp_path / "adapter")
    assert not (tmp_path / "adapter").exists()


def test_refuses_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="adapter_model"):
        export_adapter(tmp_path, tmp_path / "adapter")
