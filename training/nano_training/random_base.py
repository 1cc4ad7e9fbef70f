"""A Llama of random weights with a tokenizer trained on the spot: proves the path where no base model can be had.

python -m nano_training.random_base tiny TRAIN.jsonl FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .examples import Example, read_examples

shapes: dict[str, dict[str, Any]] = {
    "tiny": {
        "hidden_size": 128,
        "intermediate_size": 344,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        # The head is not trained: at Llama's 0.02 its logits are too small to be sure of any token.
        "initializer_range": 0.1,
    },
    # Meta-Llama-3-8B-Instruct's config.json.
    "8b": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "max_position_embeddings": 8192,
        "vocab_size": 128256,
    },
}

special = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
chat_template = (
    "{{ '<|begin_of_text|>' }}{% for message in messages %}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)


def make_base(shape: str, examples: list[Example], folder: Path, *, vocabulary: int = 2000, seed: int = 0) -> None:
    """Writes a model folder as a hub has them; on the GPU where there is one."""
    texts = [text for e in examples for text in (*(m["content"] for m in e.prompt), e.answer)]
    tokenizer = train_tokenizer(texts, vocabulary)
    torch.manual_seed(seed)
    dtype = torch.float16 if torch.cuda.is_available() else torch.float32
    settings = {"vocab_size": len(tokenizer), "eos_token_id": tokenizer.eos_token_id, **shapes[shape]}
    config = LlamaConfig(bos_token_id=tokenizer.bos_token_id, dtype=dtype, **settings)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
            model = LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(before)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def train_tokenizer(texts: list[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE with Llama 3's chat layout."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<|begin_of_text|>", eos_token="<|eot_id|>", pad_token="<|eot_id|>"
    )
    tokenizer.chat_template = chat_template
    return tokenizer


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in shapes:
        sys.exit(__doc__)
    make_base(sys.argv[1], read_examples(Path(sys.argv[2])), Path(sys.argv[3]))
