"""The whole path on the CPU: train, be killed, resume, reproduce what was learned."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from nano_training.examples import read_examples
from nano_training.generation import statement_of, write_answers
from nano_training.progress import read_metrics
from nano_training.random_base import make_base
from nano_training.train import last_checkpoint

run = """
base: {base}
data: {data}
output: {output}
adapter: {{ rank: 16, alpha: 32, dropout: 0.0 }}
optimiser: {{ learning_rate: 3e-3, warmup_ratio: 0.0, schedule: constant }}
batch: {{ size: 8, accumulation: 1 }}
epochs: 100
max_steps: {steps}
quantisation: none
save_steps: 20
validation: {validation}
"""


@pytest.fixture
def base(tmp_path: Path, examples: list) -> Path:
    make_base("tiny", examples, tmp_path / "base", vocabulary=600)
    return tmp_path / "base"


def start(file: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "nano_training", str(file)], cwd=Path(__file__).parents[1])


def test_a_killed_run_resumes_and_learns(tmp_path: Path, base: Path, data: Path) -> None:
    file, output = tmp_path / "run.yaml", tmp_path / "out"
    file.write_text(run.format(base=base, data=data, output=output, steps=400, validation="null"), encoding="utf-8")
    first = start(file)
    wait_for(lambda: last_checkpoint(output / "checkpoints") is not None or first.poll() is not None)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    before = len(read_metrics(output / "metrics.jsonl"))
    assert 0 < before < 400
    assert start(file).wait() == 0
    entries = read_metrics(output / "metrics.jsonl")
    assert [entry["step"] for entry in entries] == list(range(1, 401))
    assert (output / "metrics.png").stat().st_size > 0
    assert "SHA-256" in (output / "adapter" / "README.md").read_text()
    assert learned(base, output / "adapter", data) == 32


nano = f"""#!{sys.executable}
import json, pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
said = pathlib.Path(sys.argv[sys.argv.index("--predictions") + 1]).read_text().splitlines()
asked = json.loads(pathlib.Path(sys.argv[sys.argv.index("--questions") + 1]).read_text())
folder.mkdir()
right = sum(sql == each["query"] for sql, each in zip(said, asked, strict=True))
folder.joinpath("metrics.json").write_text(json.dumps(dict(ex=right / len(asked))))
"""


def test_the_card_has_what_was_measured_of_the_weights_that_are_kept(tmp_path: Path, base: Path, data: Path) -> None:
    (data / "validation" / "database" / "shop").mkdir(parents=True)
    scores, file = tmp_path / "nano", tmp_path / "run.yaml"
    scores.write_text(nano)
    scores.chmod(0o755)
    validation = f"{{ every_steps: 20, questions: 8, patience: 9, max_new_tokens: 40, nano: {scores} }}"
    file.write_text(run.format(base=base, data=data, output=tmp_path / "out", steps=400, validation=validation))
    assert start(file).wait() == 0
    entries = read_metrics(tmp_path / "out" / "metrics.jsonl")
    # It validates on what it learns, and stops where that is all right.
    assert [entry["validationEx"] for entry in entries if "validationEx" in entry][-1] == 1
    assert len(entries) < 400
    card = (tmp_path / "out" / "adapter" / "README.md").read_text()
    assert "| validation, databases that were not trained on | 100.00 % | 8 |" in card
    assert "| training | 100.00 % | 8 |" in card
    assert learned(base, tmp_path / "out" / "adapter", data) > 24


def learned(base: Path, adapter: Path, data: Path) -> int:
    examples = read_examples(data / "train.jsonl")
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter)
    answers = write_answers(model, AutoTokenizer.from_pretrained(base), examples, max_new_tokens=40, batch=8)
    pairs = zip(answers, examples, strict=True)
    return sum(statement_of(answer) == statement_of(example.answer) for answer, example in pairs)


def wait_for(condition) -> None:
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
