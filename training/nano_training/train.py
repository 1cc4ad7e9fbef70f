"""One run, from its configuration to an adapter that vLLM loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .adapter import export_adapter
from .config import RunConfig
from .data import keep_data
from .examples import Example, read_examples, refuse_too_long


def train(config: RunConfig) -> Path:
    """Resumes from the last checkpoint of the same output folder, if there is one.

    :returns: folder of the exported adapter
    :raises DataError, EvaluationError: before anything is trained, where the data or the validation cannot be used
    """
    from .base_model import load_base, use_unsloth

    if use_unsloth(config):
        # It patches the libraries below, so it comes first.
        import unsloth  # noqa: F401

    from .adapter import load_weights
    from .model_card import write_card
    from .progress import MetricsFile, plot_metrics, read_metrics
    from .sft import make_trainer

    config.output.mkdir(parents=True, exist_ok=True)
    config = config.model_copy(update={"data": keep_data(config.data, config.output)})
    examples = read_examples(config.data / "train.jsonl")
    log = MetricsFile(config.output / "metrics.jsonl")
    best = config.output / "best"
    stop = _validation(config, best, log)
    learned = _accuracy(config, examples)
    loaded = load_base(config)
    refuse_too_long(examples, loaded.tokenizer, config.max_tokens)
    trainer = make_trainer(config, loaded, examples, [log, *([stop] if stop else [])])
    checkpoint = last_checkpoint(config.output / "checkpoints")
    if checkpoint is not None and stop is not None:
        stop.resume(read_metrics(log.file), step_of(checkpoint))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trained = best
    if stop is None:
        trained = config.output / "last"
        trainer.model.save_pretrained(trained)
    if learned is not None:
        load_weights(trainer.model, best)
        ex = learned.of(trainer.model, loaded.tokenizer)
        log.write({"step": trainer.state.global_step, "trainEx": ex, "questions": len(learned.examples)})
    adapter = config.output / "adapter"
    digest = export_adapter(trained, adapter)
    metrics = read_metrics(log.file)
    write_card(config, adapter, digest=digest, metrics=metrics)
    plot_metrics(log.file, config.output / "metrics.png")
    return adapter


def _validation(config: RunConfig, best: Path, log: Any) -> Any:
    from .validation import StopByAccuracy

    if config.validation is None:
        return None
    accuracy = _accuracy(config, read_examples(config.data / "validation.jsonl"))
    accuracy.expect()
    return StopByAccuracy(config.validation, accuracy, best, log)


def _accuracy(config: RunConfig, examples: list[Example]) -> Any:
    from .validation import Accuracy

    return config.validation and Accuracy(config.validation, examples, config.data / "validation")


def last_checkpoint(folder: Path) -> Path | None:
    """The newest that is whole: the trainer's state is the last file that is written."""
    return max(filter(_is_whole, folder.glob("checkpoint-*")), key=step_of, default=None)


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return True


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rsplit("-", 1)[1])
