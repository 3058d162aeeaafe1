"""Predicts how far diabetes progresses within a year.

Input: ten measurements as scikit-learn's load_diabetes has them (age, sex, bmi, bp, s1 to s6; scaled), as a list.
Output: {"progression": number, "r2": number or null}; "r2" says how good the model was when it was trained.
"""

import hashlib
import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import Algorithmia
import joblib

MANIFEST = Path(__file__).parents[1] / "model_manifest.json"


def apply(input):
    model, metrics = load_model()
    if not isinstance(input, list) or len(input) != model.n_features_in_:
        raise ValueError(f"Expected a list of {model.n_features_in_} numbers")
    return {"progression": float(model.predict([input])[0]), "r2": metrics.get("r2")}


@lru_cache(maxsize=1)
def load_model():
    """Downloads the model of the manifest, once per process, and loads it if it is unchanged. Says also how good it is."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    content = Algorithmia.client().file(manifest["model_filepath"]).getBytes()
    if hashlib.md5(content).hexdigest() != manifest["model_md5_hash"]:
        raise RuntimeError(f"The model {manifest['model_filepath']} is not the one that was deployed")
    # Unpickling runs code from the file, so it happens only after the check.
    return joblib.load(BytesIO(content)), manifest.get("model_metrics", {})
