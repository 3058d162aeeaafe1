"""Tells from 13 chemical measurements which of three cultivars a wine is from.

Input: one list of 13 numbers, or a list of such lists; either may be wrapped as {"features": ...}.
Output: {"cultivar": name, "probabilities": {name: number}, "model": {...}}, or a list of these for a list of wines.
"model" says which model answered: the commit it was trained from, the repository of that commit, and its MD5.
"""

import hashlib
import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import Algorithmia
import joblib

MANIFEST = Path(__file__).parents[1] / "model_manifest.json"


class ModelTamperedError(Exception):
    """The stored model is not the one that was deployed."""


def apply(input):
    rows = input.get("features") if isinstance(input, dict) else input
    single = not (isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows))
    model, origin = load_model()
    answers = [{**answer, "model": origin} for answer in predict(model, [rows] if single else rows)]
    return answers[0] if single else answers


def predict(model, rows):
    names = [str(name) for name in model.classes_]
    for number, row in enumerate(rows, start=1):
        check_row(row, number, model.n_features_in_)
    answers = []
    for probabilities in model.predict_proba(rows).tolist():
        best = max(range(len(names)), key=probabilities.__getitem__)
        answers.append({"cultivar": names[best], "probabilities": dict(zip(names, probabilities))})
    return answers


def check_row(row, number, expected):
    if not isinstance(row, list) or not all(type(value) in (int, float) for value in row):
        raise ValueError(f"Wine {number} must be a list of {expected} numbers")
    if len(row) != expected:
        raise ValueError(f"Wine {number} has {len(row)} measurements, expected {expected}")


@lru_cache(maxsize=1)
def load_model():
    """Downloads the model of the manifest, once per process, and loads it if it is unchanged. Says also which it is."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    # Address and key come from the environment: ALGORITHMIA_API and ALGORITHMIA_API_KEY.
    content = Algorithmia.client().file(manifest["model_filepath"]).getBytes()
    verify(content, manifest)
    # Unpickling runs code from the file, so it happens only after the check.
    return joblib.load(BytesIO(content)), origin_of(manifest)


def origin_of(manifest):
    return {
        "origin_commit": manifest["model_origin_commit_SHA"],
        "origin_repo": manifest["model_origin_repo"],
        "md5_hash": manifest["model_md5_hash"],
    }


def verify(content, manifest):
    expected = manifest["model_md5_hash"]
    actual = hashlib.md5(content).hexdigest()
    if actual != expected:
        raise ModelTamperedError(
            f"The model {manifest['model_filepath']} is not the one that was deployed: "
            f"its MD5 is {actual}, the manifest says {expected}. Deploy again to store a good copy."
        )
