"""When the training stops, and what it keeps, by what the evaluation says."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from nano_training import validation
from nano_training.config import Validation
from nano_training.progress import MetricsFile
from nano_training.validation import EvaluationError, StopByAccuracy, execution_accuracy


class Model:
    def __init__(self) -> None:
        self.saved: list[Path] = []

    def save_pretrained(self, folder: Path) -> None:
        self.saved.append(folder)


def stopping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: list[float]) -> tuple[list[bool], Model]:
    """Whether it stops after each evaluation."""
    rest = iter(measured)
    monkeypatch.setattr(validation, "write_answers", lambda *_, **__: [])
    monkeypatch.setattr(validation, "execution_accuracy", lambda *_: next(rest))
    settings = Validation(every_steps=1, patience=2)
    stop = StopByAccuracy(settings, [], tmp_path, tmp_path / "best", MetricsFile(tmp_path / "metrics.jsonl"))
    model, stopped = Model(), []
    for step in range(1, len(measured) + 1):
        control = SimpleNamespace(should_training_stop=False)
        stop.on_step_end(None, SimpleNamespace(global_step=step), control, model=model, processing_class=None)
        stopped.append(control.should_training_stop)
    return stopped, model


@pytest.mark.parametrize(
    ("measured", "stopped", "saves"),
    [
        ([0.1, 0.2, 0.2, 0.1], [False, False, False, True], 2),
        ([0.3, 0.2, 0.4, 0.4, 0.4], [False, False, False, False, True], 2),
        ([0.5, 1.0], [False, True], 2),
        ([0.0, 0.0, 0.0], [False, False, True], 1),
    ],
)
def test_stops_where_accuracy_has_not_risen(tmp_path, monkeypatch, measured, stopped, saves) -> None:
    found, model = stopping(tmp_path, monkeypatch, measured)
    assert found == stopped
    assert model.saved == [tmp_path / "best"] * saves


def test_a_resumed_run_knows_what_was_reached(tmp_path: Path) -> None:
    stop = StopByAccuracy(Validation(), [], tmp_path, tmp_path, MetricsFile(tmp_path / "metrics.jsonl"))
    entries = [{"step": step, "validationEx": ex} for step, ex in ((1, 0.1), (2, 0.4), (3, 0.2), (4, 0.9))]
    stop.resume(entries, 3)
    assert (stop.highest, stop.since) == (0.4, 1)


def script(folder: Path, text: str) -> str:
    file = folder / "nano"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_the_evaluation_is_asked_for_its_accuracy(tmp_path: Path) -> None:
    write = 'mkdir -p "${9}" && echo "{\\"ex\\": 0.25}" > "${9}/metrics.json"'
    assert execution_accuracy(["SELECT 1"], tmp_path, script(tmp_path, write)) == 0.25


def test_an_evaluation_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such folder"):
        execution_accuracy(["SELECT 1"], tmp_path, script(tmp_path, "echo no such folder >&2; exit 2"))
