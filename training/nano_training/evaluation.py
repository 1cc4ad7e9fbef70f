"""Execution accuracy, as the project's own evaluation counts it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from .data import link_databases
from .examples import Example


class EvaluationError(Exception):
    """The evaluation did not run; its own message is part of ours."""


def execution_accuracy(statements: list[str], examples: list[Example], databases: Path, nano: str) -> float:
    """Scores one statement an example.

    :param databases: folder with Spider's `database`
    :returns: fraction from 0 to 1
    :raises EvaluationError: when `nano eval` fails
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        link_databases(databases, folder)
        asked = [{"db_id": each.database, "question": each.question, "query": each.sql} for each in examples]
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        predictions = folder / "predictions.sql"
        predictions.write_text("".join(f"{each}\n" for each in statements), encoding="utf-8")
        command = [nano, "eval", "--data", name, "--questions", str(folder / "asked.json")]
        command += ["--predictions", str(predictions), "--out", str(folder / "scores")]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise EvaluationError(f"{nano}: {error.strerror}; `validation.nano` names the project's launcher") from error
        if done.returncode != 0:
            raise EvaluationError(f"{' '.join(command)}: {done.stderr.strip()}")
        return float(json.loads((folder / "scores" / "metrics.json").read_text(encoding="utf-8"))["ex"])
