"""Answers with the predictions of an MLflow model; _mlflow_model.py tells what it takes.

The model is the archive that model_manifest.json names.
"""

import json
import os
from functools import lru_cache
from pathlib import Path

import Algorithmia

from ._mlflow_model import load_model, predict

MANIFEST = Path(__file__).parents[1] / "model_manifest.json"


def apply(input):
    return predict(model(), input)


@lru_cache(maxsize=1)
def model():
    """Downloads and loads the model, once per process."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    with Algorithmia.client().file(manifest["model_filepath"]).getFile() as file:
        archive = file.name
    try:
        return load_model(archive, manifest["model_md5_hash"])
    finally:
        os.remove(archive)
