"""Reads a handwritten digit: asks digit_features for numbers that describe the image, and its own model for the digit.

Input: the image, as digit_features takes it.
Output: {"digit": number, "probability": number, "features_version": version of digit_features, "origin_commits": {...}};
the commits are those that the models of both algorithms were trained from.
"""

import hashlib
import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import Algorithmia
import joblib

ROOT = Path(__file__).parents[1]
MANIFEST = json.loads((ROOT / "model_manifest.json").read_text(encoding="utf-8"))
# Written by the workflow: the version of digit_features whose model was trained together with this one.
FEATURES_VERSION = (ROOT / "features_version.txt").read_text(encoding="utf-8").strip()


def apply(input):
    # Both algorithms belong to the same account.
    owner = json.loads((ROOT / "algorithmia.conf").read_text(encoding="utf-8"))["username"]
    answer = Algorithmia.client().algo(f"{owner}/digit_features/{FEATURES_VERSION}").pipe(input).result
    [probabilities] = load_model().predict_proba([answer["features"]]).tolist()
    digit = max(range(10), key=probabilities.__getitem__)
    return {
        "digit": digit,
        "probability": probabilities[digit],
        "features_version": FEATURES_VERSION,
        "origin_commits": {
            "digit_features": answer["origin_commit"],
            "digit_reader": MANIFEST["model_origin_commit_SHA"],
        },
    }


@lru_cache(maxsize=1)
def load_model():
    """Downloads the model of the manifest, once per process, and loads it if it is unchanged."""
    content = Algorithmia.client().file(MANIFEST["model_filepath"]).getBytes()
    if hashlib.md5(content).hexdigest() != MANIFEST["model_md5_hash"]:
        raise RuntimeError(f"The model {MANIFEST['model_filepath']} is not the one that was deployed")
    # Unpickling runs code from the file, so it happens only after the check.
    return joblib.load(BytesIO(content))
