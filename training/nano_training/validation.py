"""Execution accuracy on held-out questions, as the project's own evaluation counts it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from .config import Validation
from .examples import Example
from .generation import statement_of, write_answers
from .progress import MetricsFile


class EvaluationError(Exception):
    """The evaluation did not run; its own message is part of ours."""


def execution_accuracy(statements: list[str], questions: Path, nano: str) -> float:
    """Scores one statement a question of a Spider-style folder.

    :returns: fraction from 0 to 1
    :raises EvaluationError: when `nano eval` fails
    """
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder, "predictions.sql")
        predictions.write_text("".join(f"{each}\n" for each in statements), encoding="utf-8")
        command = [nano, "eval", "--data", str(questions), "--predictions", str(predictions)]
        command += ["--limit", str(len(statements)), "--out", str(Path(folder, "scores"))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EvaluationError(f"{' '.join(command)}: {done.stderr.strip()}")
        return float(json.loads(Path(folder, "scores", "metrics.json").read_text(encoding="utf-8"))["ex"])


class StopByAccuracy(TrainerCallback):
    """Saves where validation EX is best so far, and stops when it has not risen for `patience` evaluations."""

    def __init__(self, settings: Validation, examples: list[Example], questions: Path, best: Path, log: MetricsFile):
        self.settings = settings
        self.examples = examples[: settings.questions]
        self.questions = questions
        self.best = best
        self.log = log
        self.highest = -1.0
        self.since = 0

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any, processing_class: Any, **_: Any) -> Any:
        if state.global_step % self.settings.every_steps == 0:
            self.evaluate(state.global_step, control, model, processing_class)
        return control

    def on_train_end(self, args: Any, state: Any, control: Any, model: Any, processing_class: Any, **_: Any) -> None:
        if state.global_step % self.settings.every_steps != 0:
            self.evaluate(state.global_step, control, model, processing_class)

    def evaluate(self, step: int, control: Any, model: Any, tokenizer: Any) -> None:
        answers = write_answers(
            model,
            tokenizer,
            self.examples,
            max_new_tokens=self.settings.max_new_tokens,
            batch=self.settings.batch,
        )
        ex = execution_accuracy([statement_of(each) for each in answers], self.questions, self.settings.nano)
        self.log.write({"step": step, "validationEx": ex, "questions": len(self.examples)})
        if ex > self.highest:
            self.highest, self.since = ex, 0
            model.save_pretrained(self.best)
        else:
            self.since += 1
        # Nothing rises above all of them.
        ends = ex == 1 or self.since >= self.settings.patience
        control.should_training_stop = control.should_training_stop or ends

    def resume(self, entries: list[dict[str, Any]], step: int) -> None:
        """Takes up what an earlier part of the run had reached by `step`."""
        for entry in entries:
            if "validationEx" not in entry or entry["step"] > step:
                continue
            self.since = 0 if entry["validationEx"] > self.highest else self.since + 1
            self.highest = max(self.highest, entry["validationEx"])
