"""Fine-tunes LoRA adapters on what the service sends to its model."""
