from pathlib import Path

import pytest

from nano_training.config import ConfigError, read_config


def written(folder: Path, text: str) -> Path:
    file = folder / "run.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_are_the_seeds(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, "{base: llama, data: data, output: out}"))
    assert (config.adapter.rank, config.adapter.alpha, config.adapter.dropout) == (32, 64, 0.05)
    assert (config.optimiser.learning_rate, config.optimiser.schedule, config.epochs) == (2e-4, "cosine", 3)
    assert config.max_tokens == 1536
    assert config.batch.size * config.batch.accumulation == 8


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, "{base: b, data: ../d, output: o}")).data == tmp_path / "../d"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{base: b, data: d, output: o, epoch: 3}", "epoch"),
        ("{base: b, data: d, output: o, adapter: {rank: 0}}", "adapter.rank"),
        ("{base: b, output: o}", "data"),
        ("[", "run.yaml"),
        ("3", "file"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        read_config(written(tmp_path, text))


def test_the_runs_that_come_with_the_project_are_valid() -> None:
    root = Path(__file__).parents[2]
    runs = [*root.glob("training/runs/*.yaml"), *root.glob("deploy/k8s/training/run.yaml")]
    assert len(runs) > 1
    for run in runs:
        read_config(run)
