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
    manifest = config.data / "manifest.json"
    data = manifest.read_bytes() if manifest.is_file() else None
    best = _best(metrics)
    (folder / "README.md").write_text(_card(config, digest, best, json.loads(data) if data else None), encoding="utf-8")
    if data is not None:
        (folder / "data-manifest.json").write_bytes(data)
    passport = {
        "form": 1,
        "base": config.base,
        "sha256": digest,
        "dataManifest": hashlib.sha256(data).hexdigest() if data is not None else None,
        "validation": {name: best[name] for name in ("validationEx", "questions", "step")} if best else None,
    }
    (folder / "adapter.json").write_text(json.dumps(passport, indent=2) + "\n", encoding="utf-8")


def _best(metrics: list[dict[str, Any]]) -> dict[str, Any] | None:
    scores = [entry for entry in metrics if "validationEx" in entry]
    return max(scores, key=lambda entry: entry["validationEx"], default=None)


def _card(config: RunConfig, digest: str, best: dict[str, Any] | None, data: Any) -> str:
    settings = config.model_dump(mode="json", exclude={"data", "output"})
    sections = [
        f"---\nbase_model: {config.base}\nlibrary_name: peft\n---",
        f"# LoRA adapter for {config.base}",
        f"SHA-256 over its files: `{digest}`",
        "## Accuracy",
        "Execution accuracy on held-out databases: "
        + (f"{100 * best['validationEx']:.2f} % of {best['questions']} questions, step {best['step']}." if best else "not measured."),
        "## Settings",
        f"```json\n{json.dumps(settings, indent=2)}\n```",
        "Libraries: " + ", ".join(f"{name} {version(name)}" for name in libraries) + ".",
        "## Data",
        f"```json\n{json.dumps(data, indent=2)}\n```" if data else "There is no manifest beside the data.",
        "## Licence",
        "The adapter is a derived work of its base model and its data: the licences of both hold. "
        "Spider is CC BY-SA 4.0. Llama models come under Meta's community licence, which asks for “Llama” in the "
        "adapter's name and for the notice “Built with Llama”.",
    ]
    return "\n\n".join(sections) + "\n"
