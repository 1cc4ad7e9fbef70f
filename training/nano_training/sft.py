"""The trainer: TRL's, with LoRA, the loss on the answer only."""

from __future__ import annotations

from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from trl import SFTConfig, SFTTrainer

from .base_model import Loaded
from .config import RunConfig
from .examples import Example, to_rows


def make_trainer(config: RunConfig, loaded: Loaded, examples: list[Example], callbacks: list[Any]) -> SFTTrainer:
    trainer = SFTTrainer(
        model=loaded.model,
        args=_arguments(config, loaded.dtype),
        train_dataset=Dataset.from_list(to_rows(examples)),
        processing_class=loaded.tokenizer,
        peft_config=None if loaded.with_unsloth else _lora(config),
        callbacks=callbacks,
    )
    _keep_scalable(trainer.model, loaded.dtype)
    return trainer


def _arguments(config: RunConfig, dtype: torch.dtype) -> SFTConfig:
    return SFTConfig(
        output_dir=str(config.output / "checkpoints"),
        num_train_epochs=config.epochs,
        max_steps=config.max_steps or -1,
        per_device_train_batch_size=config.batch.size,
        gradient_accumulation_steps=config.batch.accumulation,
        learning_rate=config.optimiser.learning_rate,
        lr_scheduler_type=config.optimiser.schedule,
        warmup_steps=config.optimiser.warmup_ratio,
        weight_decay=config.optimiser.weight_decay,
        optim=config.optimiser.name,
        fp16=dtype is torch.float16,
        bf16=dtype is torch.bfloat16,
        gradient_checkpointing=config.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False} if config.gradient_checkpointing else None,
        max_length=config.max_tokens,
        packing=False,
        completion_only_loss=True,
        logging_steps=1,
        save_steps=config.save_steps,
        save_total_limit=2,
        seed=config.seed,
        data_seed=config.seed,
        report_to="none",
        use_cpu=not torch.cuda.is_available(),
    )


def _lora(config: RunConfig) -> LoraConfig:
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=config.adapter.rank,
        lora_alpha=config.adapter.alpha,
        lora_dropout=config.adapter.dropout,
        target_modules=config.adapter.targets,
        bias="none",
    )


def _keep_scalable(model: Any, dtype: torch.dtype) -> None:
    """TRL turns the adapters of a quantised model to bfloat16; the gradient scaler of fp16 takes float32 only."""
    if dtype is not torch.float16:
        return
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)
