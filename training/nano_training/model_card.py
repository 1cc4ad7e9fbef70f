"""What the adapter was made of, by what, and how well it does: a model card for people, a passport for publishing."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .config import RunConfig

libraries = ("torch", "transformers", "trl", "peft")


def write_card(config: RunConfig, folder: Path, *, digest: str, metrics: list[dict[str, Any]]) -> None:
    """README.md, data-manifest.json as the data has it, and adapter.json, by which `nano train publish` knows them to be whole."""
    data = (config.data / "manifest.json").read_bytes()
    best = _best(metrics)
    (folder / "README.md").write_text(_card(config, digest, metrics, json.loads(data)), encoding="utf-8")
    (folder / "data-manifest.json").write_bytes(data)
    passport = {
        "form": 1,
        "base": config.base,
        "sha256": digest,
        "dataManifest": hashlib.sha256(data).hexdigest(),
        "validation": {name: best[name] for name in ("validationEx", "questions", "step")} if best else None,
    }
    (folder / "adapter.json").write_text(json.dumps(passport, indent=2) + "\n", encoding="utf-8")


def _best(metrics: list[dict[str, Any]]) -> dict[str, Any] | None:
    scores = [entry for entry in metrics if "validationEx" in entry]
    return max(scores, key=lambda entry: entry["validationEx"], default=None)


def _accuracies(metrics: list[dict[str, Any]], by_database: bool) -> str:
    best = _best(metrics)
    if best is None:
        return "Not measured."
    learned = next((entry for entry in reversed(metrics) if "trainEx" in entry), None)
    held_out = "validation, databases that were not trained on" if by_database else "validation, databases that were trained on"
    rows = [(held_out, best["validationEx"], best["questions"])]
    if learned:
        rows.append(("training", learned["trainEx"], learned["questions"]))
    table = "".join(f"\n| {split} | {100 * ex:.2f} % | {questions} |" for split, ex, questions in rows)
    return (
        f"Execution accuracy of step {best['step']}, as `nano eval` counts it:\n\n| split | EX | questions |\n| --- | --: | --: |{table}"
        "\n\nOn a test set of its own it is measured when the adapter is published: publications.jsonl beside it."
    )


def _card(config: RunConfig, digest: str, metrics: list[dict[str, Any]], data: Any) -> str:
    settings = config.model_dump(mode="json", exclude={"data", "output"})
    sections = [
        f"---\nbase_model: {config.base}\nlibrary_name: peft\n---",
        f"# LoRA adapter for {config.base}",
        f"SHA-256 over its files: `{digest}`",
        "## Accuracy",
        _accuracies(metrics, data.get("split") == "database"),
        "## Settings",
        f"```json\n{json.dumps(settings, indent=2)}\n```",
        "Libraries: " + ", ".join(f"{name} {version(name)}" for name in libraries) + ".",
        "## Data",
        f"```json\n{json.dumps(data, indent=2)}\n```",
        "## Licence",
        "The adapter is a derived work of its base model and its data: the licences of both hold. "
        "Spider is CC BY-SA 4.0. Llama models come under Meta's community licence, which asks for “Llama” in the "
        "adapter's name and for the notice “Built with Llama”.",
    ]
    return "\n\n".join(sections) + "\n"
