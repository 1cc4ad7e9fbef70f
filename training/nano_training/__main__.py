"""`python -m nano_training RUN.yaml`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .adapter import AdapterError
from .config import ConfigError, read_config
from .evaluation import EvaluationError
from .examples import DataError
from .train import train


def main() -> int:
    parser = argparse.ArgumentParser(prog="nano_training", description="Trains one LoRA adapter.")
    parser.add_argument("run", type=Path, help="configuration of the run, YAML")
    arguments = parser.parse_args()
    try:
        adapter = train(read_config(arguments.run))
    except (ConfigError, DataError, AdapterError, EvaluationError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"The adapter is in {adapter}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
