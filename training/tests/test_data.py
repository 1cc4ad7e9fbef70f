"""A run keeps what it began with."""

import json
from pathlib import Path

import pytest

from nano_training.config import RunConfig
from nano_training.data import keep_data
from nano_training.examples import DataError
from nano_training.model_card import write_card


def test_data_that_is_prepared_anew_is_not_that_of_the_run(tmp_path: Path, data: Path) -> None:
    (data / "validation" / "database").mkdir(parents=True)
    before = (data / "manifest.json").read_bytes()
    kept = keep_data(data, tmp_path / "out")
    (data / "train.jsonl").write_text("other\n", encoding="utf-8")
    (data / "manifest.json").write_text("{}", encoding="utf-8")
    assert keep_data(data, tmp_path / "out") == kept
    assert (kept / "train.jsonl").read_text(encoding="utf-8") != "other\n"
    assert (kept / "validation" / "database").is_dir()
    config = RunConfig(base="base", data=kept, output=tmp_path / "out")
    (tmp_path / "adapter").mkdir()
    write_card(config, tmp_path / "adapter", digest="0", metrics=[])
    assert (tmp_path / "adapter" / "data-manifest.json").read_bytes() == before


@pytest.mark.parametrize("name", ["train.jsonl", "validation.jsonl"])
def test_data_that_is_being_prepared_is_refused(tmp_path: Path, data: Path, name: str) -> None:
    (data / name).write_text("half of it", encoding="utf-8")
    with pytest.raises(DataError, match=f"{name} is not what manifest.json says"):
        keep_data(data, tmp_path / "out")
    (data / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"manifest.json is not there.*train prepare"):
        keep_data(data, tmp_path / "out")
    assert not (tmp_path / "out" / "data").exists()


@pytest.mark.parametrize(("split", "said"), [("database", "that were not trained on"), ("random", "that were trained on")])
def test_the_card_tells_the_accuracy_of_each_split(tmp_path: Path, data: Path, split: str, said: str) -> None:
    manifest = json.loads((data / "manifest.json").read_text())
    (data / "manifest.json").write_text(json.dumps({**manifest, "split": split}))
    metrics = [
        {"step": 200, "validationEx": 0.5, "questions": 200},
        {"step": 400, "validationEx": 0.4, "questions": 200},
        {"step": 400, "trainEx": 0.75, "questions": 100},
    ]
    write_card(RunConfig(base="base", data=data, output=tmp_path), tmp_path, digest="0", metrics=metrics)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"| validation, databases {said} | 50.00 % | 200 |" in card
    assert "| training | 75.00 % | 100 |" in card
    assert "step 200" in card
