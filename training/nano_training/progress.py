"""What a run tells while it runs: one line of metrics.jsonl a step, and a plot of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

reported = ("loss", "learning_rate", "grad_norm", "mean_token_accuracy", "epoch")


class MetricsFile(TrainerCallback):
    """Appends, so that a run that resumes goes on with the same file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        # A line that a crash has cut stays a line of its own.
        if file.is_file() and not file.read_bytes().endswith(b"\n"):
            with file.open("a", encoding="utf-8") as out:
                out.write("\n")
        self.started = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        values = {name: logs[name] for name in reported if logs and name in logs}
        if "loss" in values:
            self.write({"step": state.global_step, **values, **self._use()})

    def write(self, entry: dict[str, Any]) -> None:
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry) + "\n")

    def _use(self) -> dict[str, float]:
        use = {"seconds": round(time.monotonic() - self.started, 3)}
        if torch.cuda.is_available():
            use["peakGiB"] = round(torch.cuda.max_memory_reserved() / 2**30, 3)
        return use


def read_metrics(file: Path) -> list[dict[str, Any]]:
    """One entry a step and kind: a resumed run repeats the steps after its checkpoint, and the last word counts."""
    entries: dict[tuple[int, int], dict[str, Any]] = {}
    for entry in filter(None, map(_entry, file.read_text(encoding="utf-8").splitlines())):
        entries[(entry["step"], ("validationEx" in entry) + 2 * ("trainEx" in entry))] = entry
    return [entries[key] for key in sorted(entries)]


def _entry(line: str) -> dict[str, Any] | None:
    """None for a line that a crash has cut."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def plot_metrics(file: Path, picture: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    entries = read_metrics(file)
    figure, left = pyplot.subplots(figsize=(8, 4.5))
    losses = [(e["step"], e["loss"]) for e in entries if "loss" in e]
    left.plot(*zip(*losses, strict=True), color="tab:blue") if losses else None
    left.set_xlabel("step")
    left.set_ylabel("loss", color="tab:blue")
    scores = [(e["step"], 100 * e["validationEx"]) for e in entries if "validationEx" in e]
    if scores:
        right = left.twinx()
        right.plot(*zip(*scores, strict=True), color="tab:orange", marker="o")
        right.set_ylabel("validation EX, %", color="tab:orange")
    figure.tight_layout()
    figure.savefig(picture)
    pyplot.close(figure)
