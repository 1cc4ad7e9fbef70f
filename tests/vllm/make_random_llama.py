"""Makes what a vLLM server needs to start, with weights drawn at random: a Llama of two layers with a tokenizer trained here
on SQL-like text, and a LoRA adapter for it. The model knows nothing; it is there to prove the protocol.

    make_random_llama.py FOLDER   writes FOLDER/base and FOLDER/adapter; what is there is written again
"""

import json
import random
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

# Seed of everything that is random here, so that two runs serve the same model.
SEED = 7
VOCABULARY = 1_500
CONTEXT = 8_192
LORA_RANK = 8
END, PAD, ROLE = "<|end|>", "<|pad|>", "<|role|>"

CHAT_TEMPLATE = (
    "{% for message in messages %}" + ROLE + "{{ message['role'] }}\n{{ message['content'] }}" + END + "{% endfor %}"
    "{% if add_generation_prompt %}" + ROLE + "assistant\n{% endif %}"
)

KEYWORDS = (
    "SELECT DISTINCT FROM WHERE GROUP BY HAVING ORDER LIMIT JOIN LEFT INNER ON AS AND OR NOT IN BETWEEN LIKE IS NULL "
    "UNION INTERSECT EXCEPT CASE WHEN THEN ELSE END WITH EXISTS ASC DESC count sum avg min max OVER PARTITION CAST"
).split()
WORDS = (
    "customer order invoice product singer concert stadium country city student course teacher flight airport name id "
    "date year amount price total status age code address phone number description capacity table column question"
).split()


def statements(count: int):
    """Lines that look like SQL: enough for the tokenizer to know its words and signs."""
    draw = random.Random(SEED)
    for _ in range(count):
        words = draw.choices(KEYWORDS, k=6) + draw.choices(WORDS, k=6)
        draw.shuffle(words)
        sign = draw.choice([", ", " = ", " >= ", ".", "(", ") ", " <> ", " || ", " + ", "'"])
        yield " ".join(words) + sign + str(draw.randrange(10_000)) + f" T{draw.randrange(1, 5)}.{draw.choice(WORDS)}_id"


def make_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, PAD, ROLE],
        # Every byte is a token of its own, so that any text can be read and written.
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(statements(5_000), trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, model_max_length=CONTEXT, clean_up_tokenization_spaces=False
    )
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    return fast


def make_base(folder: Path) -> LlamaConfig:
    tokenizer = make_tokenizer(folder)
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=64,
        max_position_embeddings=CONTEXT,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    model.save_pretrained(folder)
    return config


def make_adapter(folder: Path, base: Path, config: LlamaConfig) -> None:
    """The two files that PEFT writes for an adapter of the attention's projections."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = {
        "q_proj": config.num_attention_heads * config.head_dim,
        "v_proj": config.num_key_value_heads * config.head_dim,
    }
    weights = {}
    for layer in range(config.num_hidden_layers):
        for name, width in modules.items():
            stem = f"base_model.model.model.layers.{layer}.self_attn.{name}"
            weights[f"{stem}.lora_A.weight"] = torch.randn(LORA_RANK, config.hidden_size)
            weights[f"{stem}.lora_B.weight"] = torch.randn(width, LORA_RANK)
    save_file(weights, folder / "adapter_model.safetensors")
    settings = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": str(base),
        "r": LORA_RANK,
        "lora_alpha": 2 * LORA_RANK,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": sorted(modules),
    }
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1]).resolve()
    make_adapter(target / "adapter", target / "base", make_base(target / "base"))
    print(target)
