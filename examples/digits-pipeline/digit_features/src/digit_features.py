"""Makes of the image of a handwritten digit the 12 numbers that digit_reader reads.

Input: eight rows of eight numbers, 0 (white) to 16 (black).
Output: {"features": [12 numbers], "origin_commit": the commit that the model was trained from}.
"""

import hashlib
import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import Algorithmia
import joblib

MANIFEST = json.loads((Path(__file__).parents[1] / "model_manifest.json").read_text(encoding="utf-8"))


def apply(input):
    pixels = [pixel for row in rows_of(input) for pixel in row]
    return {
        "features": load_model().transform([pixels])[0].tolist(),
        "origin_commit": MANIFEST["model_origin_commit_SHA"],
    }


def rows_of(image):
    if not isinstance(image, list) or [len(row) for row in image if isinstance(row, list)] != [8] * 8:
        raise ValueError("Expected an image: eight rows of eight numbers")
    return image


@lru_cache(maxsize=1)
def load_model():
    """Downloads the model of the manifest, once per process, and loads it if it is unchanged."""
    content = Algorithmia.client().file(MANIFEST["model_filepath"]).getBytes()
    if hashlib.md5(content).hexdigest() != MANIFEST["model_md5_hash"]:
        raise RuntimeError(f"The model {MANIFEST['model_filepath']} is not the one that was deployed")
    # Unpickling runs code from the file, so it happens only after the check.
    return joblib.load(BytesIO(content))
