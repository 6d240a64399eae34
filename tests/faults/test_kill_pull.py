"""A few kills of a pull in the ordinary run; many by `python -m tests.faults.kill_pull --times 100`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kill_pull import run


def test_a_killed_pull_leaves_whole_portions_and_goes_on(tmp_path: Path) -> None:
    assert run(f"sqlite:///{tmp_path}/monitor.db", tmp_path, times=5, seed=3, projects=80).inside >= 2
