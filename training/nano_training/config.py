"""The configuration of one run: a YAML file, validated as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class ConfigError(Exception):
    """The file cannot be used; the message names every entry that is wrong."""


class _Section(BaseModel):
    # A misspelt entry would otherwise train with a default that nobody chose.
    model_config = ConfigDict(extra="forbid", frozen=True)


class Adapter(_Section):
    rank: Annotated[int, Field(ge=1, le=256)] = 32
    alpha: Annotated[int, Field(ge=1)] = 64
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.05
    targets: list[str] | Literal["all-linear"] = "all-linear"


class Optimiser(_Section):
    name: str = "adamw_torch"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-4
    schedule: str = "cosine"
    warmup_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.03
    weight_decay: Annotated[float, Field(ge=0)] = 0.0


class Batch(_Section):
    """Effective batch: `size` times `accumulation` examples a step."""

    size: Annotated[int, Field(ge=1)] = 1
    accumulation: Annotated[int, Field(ge=1)] = 8


class Validation(_Section):
    """Execution accuracy on held-out databases decides which checkpoint is kept, and when to stop."""

    every_steps: Annotated[int, Field(ge=1)] = 200
    questions: Annotated[int, Field(ge=1)] = 200
    patience: Annotated[int, Field(ge=1)] = 3
    max_new_tokens: Annotated[int, Field(ge=1)] = 256
    batch: Annotated[int, Field(ge=1)] = 8
    nano: str = str(Path(__file__).resolve().parents[2] / "nano")
    """The launcher of the project, which scores the statements; by default that of the checkout that this file is in."""


class RunConfig(_Section):
    base: str
    """Folder or hub name of the base model."""
    data: Path
    """Folder that `nano train prepare` wrote."""
    output: Path
    adapter: Adapter = Adapter()
    optimiser: Optimiser = Optimiser()
    batch: Batch = Batch()
    validation: Validation | None = Validation()
    epochs: Annotated[float, Field(gt=0)] = 3
    max_steps: Annotated[int, Field(ge=1)] | None = None
    max_tokens: Annotated[int, Field(ge=16)] = 1536
    quantisation: Literal["4bit", "none"] = "4bit"
    precision: Literal["auto", "fp16", "bf16", "fp32"] = "auto"
    """auto: bf16 where the GPU computes in it, fp16 on older ones such as the T4, fp32 without a GPU."""
    gradient_checkpointing: bool = True
    unsloth: Literal["auto", "off"] = "auto"
    save_steps: Annotated[int, Field(ge=1)] = 200
    seed: int = 42


def read_config(file: Path) -> RunConfig:
    """Relative paths count from the folder of the file.

    :raises ConfigError: for a file that cannot be read, is no YAML, or has a wrong entry
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{file}: {error}") from error
    try:
        config = RunConfig.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'file'}: {problem['msg']}" for problem in error.errors()
        )
        raise ConfigError(f"{file}: {problems}") from error
    here = file.resolve().parent
    return config.model_copy(update={"data": here / config.data, "output": here / config.output})
