"""Answers of the model in training, greedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import torch

from .examples import Example

comments = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|--[^\n]*|/\*.*?(?:\*/|$)""", re.DOTALL)
fence = re.compile(r"```(?:\w+)?\s*(.*?)(?:```|$)", re.DOTALL)


def write_answers(model: Any, tokenizer: Any, examples: list[Example], *, max_new_tokens: int, batch: int) -> list[str]:
    """One text an example, in order. The caller's mode, cache setting and padding side come back as they were."""
    was_training, cached, side = model.training, model.config.use_cache, tokenizer.padding_side
    model.eval()
    model.config.use_cache, tokenizer.padding_side = True, "left"
    try:
        return [text for part in _batches(examples, batch) for text in _answer(model, tokenizer, part, max_new_tokens)]
    finally:
        model.config.use_cache, tokenizer.padding_side = cached, side
        model.train(was_training)


def _batches(examples: list[Example], size: int) -> Iterator[list[Example]]:
    for start in range(0, len(examples), size):
        yield examples[start : start + size]


@torch.no_grad()
def _answer(model: Any, tokenizer: Any, examples: list[Example], max_new_tokens: int) -> list[str]:
    inputs = tokenizer.apply_chat_template(
        [example.prompt for example in examples],
        add_generation_prompt=True,
        padding=True,
        return_tensors="pt",
        return_dict=True,
    ).to(model.device)
    written = model.generate(
        **inputs,
        max_new_tokens=max_new_tokens,
        do_sample=False,
        temperature=None,
        top_p=None,
        pad_token_id=tokenizer.pad_token_id,
    )
    return tokenizer.batch_decode(written[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def statement_of(answer: str) -> str:
    """The SQL on one line, as a file of predictions has it: a comment would take the rest of it along."""
    inside = fence.search(answer)
    text = inside.group(1) if inside else answer
    return " ".join(comments.sub(lambda found: found.group(1) or " ", text).split()).rstrip("; ")
