"""The flood of wrong passwords, a small one: the whole is `python -m tests.faults.password_flood`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.password_flood import flood


def test_a_small_flood(tmp_path: Path) -> None:
    done = flood(tmp_path, 60)
    assert done.guessed.total() == 60
    assert done.guessed[429] > 0
