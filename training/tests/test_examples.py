import json
from pathlib import Path

import pytest

from nano_training.examples import DataError, read_examples, refuse_too_long, spread, to_rows
from nano_training.random_base import train_tokenizer


def test_reads_conversations(data: Path) -> None:
    examples = read_examples(data / "train.jsonl")
    assert len(examples) == 32
    row = to_rows(examples)[0]
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert row["completion"][0]["role"] == "assistant"


def test_what_others_wrote_ends_no_line(tmp_path: Path) -> None:
    said = "Alpha\u2028Beta\u2029\u0085Gamma\x1c <|eot_id|> \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")
    messages = [{"role": "user", "content": said}, {"role": "assistant", "content": "SELECT 1"}]
    file = tmp_path / "train.jsonl"
    # As JSON.stringify writes it: U+2028 and its like as they are.
    file.write_text(json.dumps({"messages": messages}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [each.prompt[0]["content"] for each in read_examples(file)] == [said]


def test_some_of_them_are_from_everywhere() -> None:
    assert spread(list(range(10)), 3) == [0, 3, 6]
    assert spread(list(range(3)), 10) == [0, 1, 2]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "{}",
        json.dumps({"messages": []}),
        json.dumps({"messages": [{"role": "user", "content": "a"}]}),
        json.dumps({"messages": [{"role": "assistant", "content": "a"}]}),
        json.dumps({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}),
    ],
)
def test_names_the_line_that_is_wrong(tmp_path: Path, line: str) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="train.jsonl:1"):
        read_examples(file)


def test_missing_and_empty_files_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nano train prepare"):
        read_examples(tmp_path / "train.jsonl")
    (tmp_path / "train.jsonl").touch()
    with pytest.raises(DataError, match="nano train prepare"):
        read_examples(tmp_path / "train.jsonl")


def test_refuses_to_cut_an_answer(examples: list) -> None:
    tokenizer = train_tokenizer([e.answer for e in examples], 600)
    refuse_too_long(examples, tokenizer, 4096)
    with pytest.raises(DataError, match="max_tokens"):
        refuse_too_long(examples, tokenizer, 16)
