"""What the trainer counts, and in which numbers it computes."""

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from nano_training.base_model import choose_dtype, load_base
from nano_training.config import RunConfig
from nano_training.random_base import make_base
from nano_training.sft import make_trainer


def test_the_loss_counts_the_answer_and_its_end_alone(tmp_path: Path, examples: list) -> None:
    make_base("tiny", examples, tmp_path / "base", vocabulary=600)
    config = RunConfig(
        base=str(tmp_path / "base"), data=tmp_path, output=tmp_path / "out", quantisation="none", batch={"size": 4}, max_steps=1
    )
    trainer = make_trainer(config, load_base(config), examples, [])
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base")
    batch = next(iter(trainer.get_train_dataloader()))
    counted = [tokenizer.decode(row[row != -100]) for row in batch["labels"]]
    assert len(counted) == 4
    answers = {f"{each.answer}<|eot_id|>" for each in examples}
    assert set(counted) <= answers
    # The prompt is there, and not counted.
    assert all("Question: How many" in tokenizer.decode(row) for row in batch["input_ids"])


@pytest.mark.parametrize(
    ("precision", "capability", "expected"),
    [
        ("auto", (7, 5), torch.float16),
        ("auto", (8, 0), torch.bfloat16),
        ("auto", None, torch.float32),
        ("fp16", (8, 0), torch.float16),
        ("bf16", (9, 0), torch.bfloat16),
    ],
)
def test_computes_in_what_the_card_has(monkeypatch: pytest.MonkeyPatch, precision: str, capability, expected) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: capability is not None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    assert choose_dtype(precision) is expected
