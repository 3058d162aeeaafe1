"""Trains what tells from a review of a musical instrument what it is about: its sound, the delivery or the price.

Writes the two models that the algorithm needs, models/vectorizer.joblib and models/classifier.joblib, and metrics.json.
"""

import csv
import json
from pathlib import Path

import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

LOWEST_ACCURACY = 0.7


def main():
    with open("data/reviews.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reviews = [row["review"] for row in rows]
    topics = [row["topic"] for row in rows]

    vectorizer = TfidfVectorizer(sublinear_tf=True)
    classifier = LogisticRegression(C=10)
    accuracy = cross_val_score(make_pipeline(vectorizer, classifier), reviews, topics, cv=8).mean()
    print(f"accuracy: {accuracy:.3f}")
    if accuracy < LOWEST_ACCURACY:
        raise SystemExit(f"The accuracy is {accuracy:.3f}, below {LOWEST_ACCURACY}: nothing is deployed")

    classifier.fit(vectorizer.fit_transform(reviews), topics)
    models = Path("models")
    models.mkdir(exist_ok=True)
    joblib.dump(vectorizer, models / "vectorizer.joblib")
    joblib.dump(classifier, models / "classifier.joblib")
    Path("metrics.json").write_text(json.dumps({"accuracy": accuracy, "reviews": len(reviews)}), encoding="utf-8")


if __name__ == "__main__":
    main()
