"""Memory and speed of a configuration on an 8B-shaped model of random weights, within the memory of a smaller card."""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
from pathlib import Path

import torch

from .config import RunConfig
from .examples import Example
from .random_base import make_base

question = "How many orders of each customer in the region north were cancelled after the first of March?"
sql = "SELECT c.name, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'cancelled' GROUP BY c.name"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", default="8b", choices=["8b", "tiny"])
    parser.add_argument("--precision", nargs="+", default=["fp16", "bf16"])
    parser.add_argument("--card-gib", type=float, default=15.0, help="memory that may be used; a T4 has 15.0 GiB free of its 16 GB")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--accumulation", type=int, default=8)
    parser.add_argument("--max-tokens", type=int, default=1536)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    total = torch.cuda.get_device_properties(0).total_memory / 2**30
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder, "base")
        make_base(arguments.shape, [_example(20)], base)
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction(arguments.card_gib / total)
        results = [_measure(Path(folder), base, precision, arguments) for precision in arguments.precision]
    report = {
        "device": torch.cuda.get_device_name(),
        "cardGiB": arguments.card_gib,
        "accumulation": arguments.accumulation,
        "maxTokens": arguments.max_tokens,
        "runs": results,
    }
    text = json.dumps(report, indent=2)
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")


def _measure(folder: Path, base: Path, precision: str, arguments: argparse.Namespace) -> dict[str, object]:
    from .base_model import load_base
    from .examples import longest
    from .progress import MetricsFile, read_metrics
    from .sft import make_trainer

    output = folder / precision
    output.mkdir()
    config = RunConfig(
        base=str(base),
        data=folder,
        output=output,
        precision=precision,  # type: ignore[arg-type]
        max_steps=arguments.steps,
        max_tokens=arguments.max_tokens,
        batch={"size": 1, "accumulation": arguments.accumulation},  # type: ignore[arg-type]
        validation=None,
        save_steps=1000,
    )
    torch.cuda.reset_peak_memory_stats()
    loaded = load_base(config)
    after_load = torch.cuda.memory_allocated()
    examples = _filled(loaded.tokenizer, config.max_tokens, arguments.steps * arguments.accumulation)
    log = MetricsFile(output / "metrics.jsonl")
    trainer = make_trainer(config, loaded, examples, [log])
    trainer.train()
    times = [entry["seconds"] for entry in read_metrics(log.file)]
    # The first step compiles and allocates.
    step = statistics.median(b - a for a, b in zip(times[:-1], times[1:], strict=True))
    result = {
        "precision": precision,
        "tokensPerExample": longest(examples[:1], loaded.tokenizer),
        "trainableParameters": sum(p.numel() for p in trainer.model.parameters() if p.requires_grad),
        "afterLoadGiB": round(after_load / 2**30, 2),
        "peakAllocatedGiB": round(torch.cuda.max_memory_allocated() / 2**30, 2),
        "peakReservedGiB": round(torch.cuda.max_memory_reserved() / 2**30, 2),
        "secondsPerStep": round(step, 3),
        "stepsPerSecond": round(1 / step, 3),
        "losses": [round(entry["loss"], 3) for entry in read_metrics(log.file)],
    }
    del trainer, loaded
    # The trainer and its callbacks hold each other.
    gc.collect()
    torch.cuda.empty_cache()
    return result


def _example(repeats: int) -> Example:
    schema = "table orders\n  id INTEGER primary key\n  customer_id INTEGER references customers(id)\n  status TEXT\n"
    return Example([{"role": "user", "content": f"{schema * repeats}\nQuestion: {question}"}], f"```sql\n{sql}\n```", "shop")


def _filled(tokenizer: object, max_tokens: int, count: int) -> list[Example]:
    """Examples as long as the configuration allows: the worst case for memory."""
    from .examples import longest

    repeats = 1
    while longest([_example(repeats + 1)], tokenizer) <= max_tokens:
        repeats += 1
    return [_example(repeats)] * count


if __name__ == "__main__":
    main()
