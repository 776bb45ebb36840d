"""Readings → messages: the JSON text of a measurement, with each sensor's own decimals. Pure."""

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress

import numpy as np

from .postponed import Rows
from .sensors import Sensor

__all__ = ["Encoder"]


class Encoder:
    """Messages of the devices with these ids and sensors, in the run whose births have `boot`."""

    def __init__(self, ids: Sequence[str], sensors: Sequence[Sensor], boot: int) -> None:
        self._heads = [f'{{"device":"{name}","boot":{boot},"seq":' for name in ids]
        self._fields = [f"{json.dumps(s.name).replace('%', '%%')}:{s.form}" for s in sensors]
        self._template = lru_cache(maxsize=1024)(self._make_template)

    def encode(self, rows: Rows) -> list[bytes]:
        """One message for each row; a reading that is no finite number is an absent key."""
        heads = self._heads
        present = np.isfinite(rows.values)
        columns = (rows.device, rows.seq, rows.ts, rows.values.T)
        each = zip(*(column.tolist() for column in columns), strict=True)
        if present.all():
            template = self._template(None, rows.late)
            return [(heads[d] + template % (k, t, *row)).encode() for d, k, t, row in each]
        return [
            (heads[d] + self._template(tuple(there), rows.late) % (k, t, *compress(row, there))).encode()
            for (d, k, t, row), there in zip(each, present.T.tolist(), strict=True)
        ]

    def _make_template(self, present: tuple[bool, ...] | None, late: bool) -> str:
        fields = (field for index, field in enumerate(self._fields) if present is None or present[index])
        return '%d,"ts":%d,"values":{' + ",".join(fields) + "}" + (',"late":true}' if late else "}")
