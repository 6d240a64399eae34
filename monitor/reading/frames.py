"""The frames that questions are answered by; pandas is loaded with the first, for most commands need none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def framed(data: Any, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Rows with these columns, or columns by name."""
    import pandas as pd

    return pd.DataFrame(data, columns=None if columns is None else list(columns))
