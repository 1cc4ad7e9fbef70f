"""The data of a run, as it was when the run began."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from .examples import DataError

files = ("manifest.json", "train.jsonl", "validation.jsonl")
databases = ("tables.json", "database")


def keep_data(data: Path, output: Path) -> Path:
    """Copies what `nano train prepare` wrote into the run's own folder, once.

    The next night's data takes its place in `data` while the run goes on or waits to resume. It learns to its end from
    what it began with, and the manifest beside the adapter is of that.

    :returns: the folder of the copy
    :raises DataError: for a folder that is not whole
    """
    kept = output / "data"
    if kept.is_dir():
        return kept
    partial = output / ".data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "validation").mkdir(parents=True)
    for name in files:
        if not (data / name).is_file():
            raise DataError(f"{data / name} is not there; run `nano train prepare`")
        shutil.copyfile(data / name, partial / name)
    _refuse_other(partial)
    link_databases(data / "validation", partial / "validation")
    partial.rename(kept)
    return kept


def link_databases(folder: Path, target: Path) -> None:
    """Those of a Spider-style folder, which may be large."""
    for name in databases:
        if (folder / name).exists():
            (target / name).symlink_to((folder / name).resolve())


def _refuse_other(folder: Path) -> None:
    """What is learned from, and what decides when it is enough, is what the manifest tells of."""
    for name in ("train.jsonl", "validation.jsonl"):
        try:
            outputs = json.loads((folder / "manifest.json").read_bytes())["outputs"]
            said = {each["file"]: each["sha256"] for each in outputs}[name]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"manifest.json tells nothing of {name} ({error!r}); run `nano train prepare`") from error
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != said:
            raise DataError(f"{name} is not what manifest.json says: prepare the data again")
