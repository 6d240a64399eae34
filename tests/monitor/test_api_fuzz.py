"""Few made-up requests of every operation; many by `python -m tests.faults.api_fuzz --examples 500`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.api_fuzz import run


def test_whatever_is_asked_is_answered_as_described(tmp_path: Path) -> None:
    found = run(tmp_path, examples=12)
    paths = {name.rpartition(" ")[0] for name in found}
    assert len(paths) == 9
    assert {path for path in paths if not found[f"{path} 200"]} == set()  # else little was tried
