"""Times of a frame as whole milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["stamps_of"]


def stamps_of(times: pd.Index | pd.Series) -> npt.NDArray[np.int64]:
    """Return times as ms since 1970.

    Args:
        times: An index or a column of times with a zone.
    """
    import numpy as np
    import pandas as pd

    plain = pd.DatetimeIndex(times).tz_convert("UTC").tz_localize(None).to_numpy()
    return np.asarray(plain.astype("M8[ms]").astype(np.int64))
