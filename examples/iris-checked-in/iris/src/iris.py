"""Tells the species of an iris from the length and width of its sepals and petals.

Input: four numbers in centimetres, as a list: sepal length, sepal width, petal length, petal width.
Output: {"species": name, "probability": number}.
"""

import hashlib
import json
from io import BytesIO
from pathlib import Path

import Algorithmia
import joblib


def load_model():
    """Downloads the model that model_manifest.json names, and loads it if it is the one that was deployed."""
    manifest = json.loads((Path(__file__).parents[1] / "model_manifest.json").read_text(encoding="utf-8"))
    content = Algorithmia.client().file(manifest["model_filepath"]).getBytes()
    if hashlib.md5(content).hexdigest() != manifest["model_md5_hash"]:
        raise RuntimeError(f"The model {manifest['model_filepath']} is not the one that was deployed")
    # Unpickling runs code from the file, so it happens only after the check.
    return joblib.load(BytesIO(content))


# Once per process, before its first call.
model = load_model()


def apply(input):
    if not isinstance(input, list) or len(input) != 4 or not all(type(value) in (int, float) for value in input):
        raise ValueError("Expected a list of 4 numbers")
    probabilities = dict(zip(model.classes_.tolist(), model.predict_proba([input])[0].tolist()))
    species = max(probabilities, key=probabilities.get)
    return {"species": species, "probability": probabilities[species]}
