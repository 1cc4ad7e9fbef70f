"""The base model: quantised to 4 bits on a GPU, whole elsewhere."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import torch

from .config import RunConfig


@dataclass(frozen=True)
class Loaded:
    model: Any
    tokenizer: Any
    dtype: torch.dtype
    with_unsloth: bool


def choose_dtype(precision: str) -> torch.dtype:
    """Volta and Turing (SM 7.x, the T4) only emulate bfloat16: torch says that they support it, and they crawl."""
    named = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
    if precision != "auto":
        return named[precision]
    if not torch.cuda.is_available():
        return torch.float32
    return torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float16


def use_unsloth(config: RunConfig) -> bool:
    installed = importlib.util.find_spec("unsloth") is not None
    return config.unsloth == "auto" and installed and torch.cuda.is_available()


def load_base(config: RunConfig) -> Loaded:
    """:raises OSError: when the folder or the hub has no such model"""
    dtype = choose_dtype(config.precision)
    return _with_unsloth(config, dtype) if use_unsloth(config) else _with_transformers(config, dtype)


def _with_transformers(config: RunConfig, dtype: torch.dtype) -> Loaded:
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    settings: dict[str, Any] = {"dtype": dtype, "attn_implementation": "sdpa"}
    if config.quantisation == "4bit":
        # NF4 with double quantisation: QLoRA (Dettmers et al., 2023), sections 3 and 4.
        settings["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
        settings["device_map"] = {"": 0}
    model = AutoModelForCausalLM.from_pretrained(config.base, **settings)
    tokenizer = AutoTokenizer.from_pretrained(config.base)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.config.use_cache = False
    return Loaded(model, tokenizer, dtype, with_unsloth=False)


def _with_unsloth(config: RunConfig, dtype: torch.dtype) -> Loaded:
    from unsloth import FastLanguageModel

    model, tokenizer = FastLanguageModel.from_pretrained(
        config.base,
        max_seq_length=config.max_tokens,
        dtype=dtype,
        load_in_4bit=config.quantisation == "4bit",
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r=config.adapter.rank,
        lora_alpha=config.adapter.alpha,
        lora_dropout=config.adapter.dropout,
        target_modules=_named_targets(config),
        use_gradient_checkpointing="unsloth" if config.gradient_checkpointing else False,
        random_state=config.seed,
    )
    return Loaded(model, tokenizer, dtype, with_unsloth=True)


def _named_targets(config: RunConfig) -> list[str]:
    """What all-linear is in models of Llama's shape; Unsloth wants names."""
    if config.adapter.targets != "all-linear":
        return config.adapter.targets
    return ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
