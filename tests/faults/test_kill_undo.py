"""A few kills of an undo in the ordinary run; many by `python -m tests.faults.kill_undo --times 50`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kill_undo import run


def test_a_killed_undo_takes_back_all_or_nothing(tmp_path: Path) -> None:
    assert run(f"sqlite:///{tmp_path}/monitor.db", tmp_path, times=6, seed=3, projects=400).inside >= 1
