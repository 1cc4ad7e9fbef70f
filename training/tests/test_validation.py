"""When the training stops, and what it keeps, by what the evaluation says."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from nano_training import validation
from nano_training.config import Validation
from nano_training.evaluation import EvaluationError, execution_accuracy
from nano_training.generation import statement_of
from nano_training.progress import MetricsFile
from nano_training.validation import Accuracy, StopByAccuracy


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
    accuracy = Accuracy(settings, [], tmp_path)
    stop = StopByAccuracy(settings, accuracy, tmp_path / "best", MetricsFile(tmp_path / "metrics.jsonl"))
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
    accuracy = Accuracy(Validation(), [], tmp_path)
    stop = StopByAccuracy(Validation(), accuracy, tmp_path, MetricsFile(tmp_path / "metrics.jsonl"))
    entries = [{"step": step, "validationEx": ex} for step, ex in ((1, 0.1), (2, 0.4), (3, 0.2), (4, 0.9))]
    stop.resume(entries, 3)
    assert (stop.highest, stop.since) == (0.4, 1)


def script(folder: Path, text: str) -> str:
    file = folder / "nano"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def scoring(folder: Path, ex: float) -> str:
    keep = f'cp "$5" {folder}/asked.json && cp "$7" {folder}/predictions.sql && ls "$3" > {folder}/seen'
    return script(folder, f'{keep} && mkdir -p "$9" && echo "{{\\"ex\\": {ex}}}" > "$9/metrics.json"')


def with_database(folder: Path) -> Path:
    (folder / "database" / "shop").mkdir(parents=True)
    return folder


def test_the_evaluation_is_asked_for_its_accuracy(tmp_path: Path, examples: list) -> None:
    databases = with_database(tmp_path / "validation")
    assert execution_accuracy(["SELECT 1"], examples[:1], databases, scoring(tmp_path, 0.25)) == 0.25
    assert json.loads((tmp_path / "asked.json").read_text()) == [
        {"db_id": "shop", "question": examples[0].question, "query": examples[0].sql}
    ]
    assert "database" in (tmp_path / "seen").read_text().split()


def test_an_evaluation_that_fails_says_why(tmp_path: Path, examples: list) -> None:
    with pytest.raises(EvaluationError, match="no such folder"):
        execution_accuracy(["SELECT 1"], examples[:1], tmp_path, script(tmp_path, "echo no such folder >&2; exit 2"))
    with pytest.raises(EvaluationError, match=r"validation\.nano"):
        execution_accuracy(["SELECT 1"], examples[:1], tmp_path, str(tmp_path / "nowhere"))


def test_what_cannot_be_validated_is_told_before_the_training(tmp_path: Path, examples: list) -> None:
    databases = with_database(tmp_path / "validation")
    settings = Validation(nano=scoring(tmp_path, 1.0), questions=5)
    Accuracy(settings, examples, databases).expect()
    said = (tmp_path / "predictions.sql").read_text().splitlines()
    assert said == [examples[at].sql for at in (0, 6, 12, 19, 25)]
    with pytest.raises(EvaluationError, match="no database"):
        Accuracy(settings, examples, tmp_path / "elsewhere").expect()
    with pytest.raises(EvaluationError, match="not one known answer"):
        Accuracy(Validation(nano=scoring(tmp_path, 0.0)), examples, databases).expect()


def test_the_launcher_is_that_of_the_project() -> None:
    assert Path(Validation().nano).is_file()


@pytest.mark.parametrize(
    ("answer", "statement"),
    [
        ("```sql\nSELECT a -- the first\nFROM t;\n```", "SELECT a FROM t"),
        ("SELECT '--' /* a\nb */ FROM \"x--y\"", "SELECT '--' FROM \"x--y\""),
        ("```sql\nSELECT 1", "SELECT 1"),
    ],
)
def test_a_statement_stands_on_one_line(answer: str, statement: str) -> None:
    assert statement_of(answer) == statement
