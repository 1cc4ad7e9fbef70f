"""What training is stopped by: the execution accuracy of the model's answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from .config import Validation
from .evaluation import EvaluationError, execution_accuracy
from .examples import Example, spread
from .generation import statement_of, write_answers
from .progress import MetricsFile


class Accuracy:
    """How many of a split's questions a model answers right: of some of them, from all databases that are at hand."""

    def __init__(self, settings: Validation, split: list[Example], databases: Path):
        # What counts is the first reply.
        asked = [each for each in split if not each.corrects and (databases / "database" / each.database).is_dir()]
        self.examples = spread(asked, settings.questions)
        self.settings = settings
        self.databases = databases

    def of(self, model: Any, tokenizer: Any) -> float:
        """:raises EvaluationError: when `nano eval` fails"""
        settings = self.settings
        answers = write_answers(
            model, tokenizer, self.examples, max_new_tokens=settings.max_new_tokens, batch=settings.batch
        )
        return execution_accuracy([statement_of(each) for each in answers], self.examples, self.databases, settings.nano)

    def expect(self) -> None:
        """Scores the answers that are known: hours of training may lie before the first evaluation otherwise.

        :raises EvaluationError: when it cannot
        """
        if not self.examples:
            raise EvaluationError(f"{self.databases / 'database'} has no database of its questions; or set `validation: null`")
        known = [statement_of(each.answer) for each in self.examples]
        if execution_accuracy(known, self.examples, self.databases, self.settings.nano) == 0:
            raise EvaluationError(f"not one known answer is right on the databases in {self.databases / 'database'}")


class StopByAccuracy(TrainerCallback):
    """Saves where validation EX is best so far, and stops when it has not risen for `patience` evaluations."""

    def __init__(self, settings: Validation, accuracy: Accuracy, best: Path, log: MetricsFile):
        self.settings = settings
        self.accuracy = accuracy
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
        ex = self.accuracy.of(model, tokenizer)
        self.log.write({"step": step, "validationEx": ex, "questions": len(self.accuracy.examples)})
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
