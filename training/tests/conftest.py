import hashlib
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nano_training.examples import Example

words = ["orders", "customers", "returns", "products", "stores", "visits", "prices", "regions"]


def example(number: int) -> Example:
    table = words[number % len(words)]
    question = f"How many {table} have the number {number}?"
    return Example(
        [
            {"role": "system", "content": "You translate questions into SQL."},
            {"role": "user", "content": f"Tables:\ntable {table}\n  number INTEGER\n\nQuestion: {question}"},
        ],
        f"```sql\nSELECT count(*) FROM {table} WHERE number = {number}\n```",
        "shop",
        question,
        f"SELECT count(*) FROM {table} WHERE number = {number}",
    )


@pytest.fixture
def examples() -> list[Example]:
    return [example(number) for number in range(32)]


@pytest.fixture
def data(tmp_path: Path, examples: list[Example]) -> Path:
    """A folder as `nano train prepare` writes it."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("train.jsonl", "validation.jsonl"):
        (folder / name).write_text("".join(line(each) for each in examples), encoding="utf-8")
    names = ("train.jsonl", "validation.jsonl")
    outputs = [{"file": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in names]
    manifest = {"form": 1, "split": "database", "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def line(each: Example) -> str:
    messages = [*each.prompt, {"role": "assistant", "content": each.answer}]
    return json.dumps({"messages": messages, "meta": {"database": each.database, "question": each.question, "sql": each.sql}}) + "\n"
