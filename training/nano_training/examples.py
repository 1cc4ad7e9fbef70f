"""Training examples as `nano train prepare` writes them: JSON Lines of chat messages, the answer last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DataError(Exception):
    """The data cannot be trained on."""


@dataclass(frozen=True)
class Example:
    prompt: list[dict[str, str]]
    answer: str
    database: str
    question: str = ""
    sql: str = ""
    corrects: bool = False
    """The prompt tells of a statement that failed."""


def read_examples(file: Path) -> list[Example]:
    """:raises DataError: for a line that is no conversation that ends with an answer"""
    lines = _lines(file)
    if lines == [""]:
        raise DataError(f"{file}: holds no example; run `nano train prepare`")
    return [_example(line, f"{file.name}:{number}") for number, line in enumerate(lines, 1)]


def _lines(file: Path) -> list[str]:
    try:
        # Not splitlines(): JSON leaves U+2028 and its like in strings, and they are no ends of lines.
        return file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}; run `nano train prepare`") from error


def _example(line: str, place: str) -> Example:
    try:
        content: Any = json.loads(line)
        messages = content["messages"]
        *prompt, answer = [{"role": str(m["role"]), "content": str(m["content"])} for m in messages]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{place}: no conversation ({error})") from error
    if answer["role"] != "assistant" or not answer["content"].strip():
        raise DataError(f"{place}: the last message is not an answer")
    if not any(message["role"] == "user" for message in prompt):
        raise DataError(f"{place}: nobody asks")
    meta = content.get("meta", {})
    names = (str(meta.get(name, "")) for name in ("database", "question", "sql"))
    return Example(prompt, answer["content"], *names, corrects=meta.get("source") == "correction")


def spread(examples: list[Example], count: int) -> list[Example]:
    """So many of them from everywhere: prepared data is in the order of its databases."""
    return [examples[at * len(examples) // count] for at in range(count)] if count < len(examples) else examples


def to_rows(examples: list[Example]) -> list[dict[str, list[dict[str, str]]]]:
    """Prompt and completion apart: the loss counts the completion's tokens only."""
    return [
        {"prompt": example.prompt, "completion": [{"role": "assistant", "content": example.answer}]}
        for example in examples
    ]


def longest(examples: list[Example], tokenizer: Any) -> int:
    """Tokens of the longest example, by the model's own chat template."""
    answers = [[*e.prompt, {"role": "assistant", "content": e.answer}] for e in examples]
    return max(len(tokenizer.apply_chat_template(each, tokenize=True, return_dict=True)["input_ids"]) for each in answers)


def refuse_too_long(examples: list[Example], tokenizer: Any, max_tokens: int) -> None:
    """A cut example would lose the end of its answer, or the answer whole.

    :raises DataError: when an example is longer than `max_tokens`
    """
    most = longest(examples, tokenizer)
    if most > max_tokens:
        raise DataError(
            f"the longest example has {most} tokens, more than max_tokens = {max_tokens}: "
            "raise it, or prepare the data with a smaller budget"
        )
