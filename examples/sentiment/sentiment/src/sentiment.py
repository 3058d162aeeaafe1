"""Tells from the text of a review whether its author was happy.

Input: a text, or a list of texts.
Output: {"sentiment": "happy" or "unhappy", "probability": number}, or a list of these for a list of texts.
"""

import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import joblib


def apply(input):
    texts = input if isinstance(input, list) else [input]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("Expected a text or a list of texts")
    answers = predict(load_model(), texts)
    return answers if isinstance(input, list) else answers[0]


def predict(model, texts):
    answers = []
    for unhappy, happy in model.predict_proba(texts).tolist():
        sentiment = "happy" if happy >= unhappy else "unhappy"
        answers.append({"sentiment": sentiment, "probability": round(max(unhappy, happy), 4)})
    return answers


@lru_cache(maxsize=1)
def load_model():
    """Downloads the model of the manifest, once per process."""
    import Algorithmia

    manifest = json.loads((Path(__file__).parents[1] / "model_manifest.json").read_text(encoding="utf-8"))
    return joblib.load(BytesIO(Algorithmia.client().file(manifest["model_filepath"]).getBytes()))


if __name__ == "__main__":
    # The last cell of the notebook runs this file: the same code, with the model that was just saved.
    texts = ["What a lovely guitar", "The cable is not reliable at all"]
    for text, answer in zip(texts, predict(joblib.load("model.pkl"), texts)):
        print(f"{text}: {answer['sentiment']} ({answer['probability']:.2f})")
