"""What a crash leaves behind does not stand in the way of going on."""

import json
from pathlib import Path

from nano_training.progress import MetricsFile, plot_metrics, read_metrics
from nano_training.train import last_checkpoint


def test_a_line_that_was_cut_is_none_and_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    file.write_text('{"step": 1, "loss": 3.0}\n{"step": 2, "lo', encoding="utf-8")
    MetricsFile(file).write({"step": 2, "loss": 2.0})
    assert read_metrics(file) == [{"step": 1, "loss": 3.0}, {"step": 2, "loss": 2.0}]


def test_one_step_may_have_a_loss_and_both_accuracies(tmp_path: Path) -> None:
    log = MetricsFile(tmp_path / "metrics.jsonl")
    entries = [{"step": 1, "loss": 3.0}, {"step": 1, "validationEx": 0.5}, {"step": 1, "trainEx": 1.0}]
    for entry in entries:
        log.write(entry)
    assert read_metrics(log.file) == entries
    plot_metrics(log.file, tmp_path / "metrics.png")
    assert (tmp_path / "metrics.png").stat().st_size > 0


def test_a_checkpoint_whose_last_file_was_cut_is_none(tmp_path: Path) -> None:
    for step, state in ((20, json.dumps({"global_step": 20})), (40, '{"global_st'), (60, None)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if state is not None:
            (folder / "trainer_state.json").write_text(state)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-20"
    assert last_checkpoint(tmp_path / "none") is None
