"""One run, from its configuration to an adapter that vLLM loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .adapter import export_adapter
from .config import RunConfig
from .examples import read_examples, refuse_too_long


def train(config: RunConfig) -> Path:
    """Resumes from the last checkpoint of the same output folder, if there is one.

    :returns: folder of the exported adapter
    """
    from .base_model import load_base, use_unsloth

    if use_unsloth(config):
        # It patches the libraries below, so it comes first.
        import unsloth  # noqa: F401

    from .model_card import write_card
    from .progress import MetricsFile, plot_metrics, read_metrics
    from .sft import make_trainer

    examples = read_examples(config.data / "train.jsonl")
    config.output.mkdir(parents=True, exist_ok=True)
    log = MetricsFile(config.output / "metrics.jsonl")
    loaded = load_base(config)
    refuse_too_long(examples, loaded.tokenizer, config.max_tokens)
    best = config.output / "best"
    stop = _validation(config, best, log)
    trainer = make_trainer(config, loaded, examples, [log, *([stop] if stop else [])])
    checkpoint = last_checkpoint(config.output / "checkpoints")
    if checkpoint is not None and stop is not None:
        stop.resume(read_metrics(log.file), step_of(checkpoint))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trained = best
    if stop is None:
        trained = config.output / "last"
        trainer.model.save_pretrained(trained)
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
    examples = read_examples(config.data / "validation.jsonl")
    return StopByAccuracy(config.validation, examples, config.data / "validation", best, log)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest that is whole: the trainer's state is the last file that is written."""
    found = [each for each in folder.glob("checkpoint-*") if (each / "trainer_state.json").is_file()]
    return max(found, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rsplit("-", 1)[1])
