"""Tells which cultivar a wine is from, whatever way its laboratory writes the measurements down.

Input: {name: measurement} or a line of comma-separated measurements in the order of `measurements.NAMES`. A measurement
is a number, or a text with a number and its unit, such as "0.127 g/l".
Output: the answer of the algorithm wine_quality, and the measurements that it was given.
"""

import json
from pathlib import Path

import Algorithmia

from .measurements import NAMES, read_measurements

# A published version: what this algorithm answers changes with its own repository only.
WINE_QUALITY = "wine_quality/0.1.0"


def apply(input):
    values = read_measurements(input)
    # Address and key come from the environment: ALGORITHMIA_API and ALGORITHMIA_API_KEY.
    answer = Algorithmia.client().algo(f"{owner()}/{WINE_QUALITY}").pipe(values).result
    return {**answer, "measurements": dict(zip(NAMES, values))}


def owner():
    """Both algorithms belong to the same account."""
    return json.loads(Path("algorithmia.conf").read_text(encoding="utf-8"))["username"]
