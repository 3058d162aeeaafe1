"""Tells what a review of a musical instrument is about: its sound, the delivery or the price.

Input: the review as a text, or {"review": text, "language": "de"} for the topic in another language.
Output: {"topic": name, "label": topic in that language, "probabilities": {name: number}}.
"""

import json

import joblib
from Algorithmia import ADK


def load(model_data):
    """Called once per process. The files of model_manifest.json are there, and are those that were deployed."""
    model_data["vectorizer"] = joblib.load(model_data.get_model("vectorizer"))
    model_data["classifier"] = joblib.load(model_data.get_model("classifier"))
    return model_data


def apply(input, state):
    request = {"review": input} if isinstance(input, str) else input
    if not isinstance(request, dict) or not isinstance(request.get("review"), str):
        raise ValueError('Expected a text, or {"review": text, "language": language}')
    probabilities = classify(request["review"], state)
    topic = max(probabilities, key=probabilities.get)
    label = label_of(topic, request.get("language", "en"), state)
    return {"topic": topic, "label": label, "probabilities": probabilities}


def classify(review, state):
    classifier = state["classifier"]
    [probabilities] = classifier.predict_proba(state["vectorizer"].transform([review])).tolist()
    return dict(zip(classifier.classes_.tolist(), probabilities))


def label_of(topic, language, state):
    """The topics are English. Other languages are in an optional file, downloaded when somebody asks for one."""
    if language == "en":
        return topic
    with open(state.get_model("labels"), encoding="utf-8") as file:
        labels = json.load(file)
    if language not in labels:
        raise ValueError(f"No labels in {language!r}, only in en, {', '.join(labels)}")
    return labels[language][topic]


# Started by hand, without the platform, this answers one review.
ADK(apply, load).init("A warm tone that rings for a long time")
