"""Trains the two models of the pipeline on handwritten digits that come with scikit-learn.

models/features.joblib makes 12 numbers of an image, models/reader.joblib a digit of such numbers. They fit together
only as they come from here, both from one training.
"""

import json
from pathlib import Path

import joblib
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.model_selection import train_test_split

LOWEST_ACCURACY = 0.95


def main():
    images, digits = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(images, digits, stratify=digits, random_state=42)

    features = PCA(n_components=12).fit(train_x)
    reader = QuadraticDiscriminantAnalysis().fit(features.transform(train_x), train_y)
    metrics = {
        "accuracy": reader.score(features.transform(test_x), test_y),
        "explained_variance": float(features.explained_variance_ratio_.sum()),
    }
    print(metrics)
    if metrics["accuracy"] < LOWEST_ACCURACY:
        raise SystemExit(f"The accuracy is below {LOWEST_ACCURACY}: nothing is deployed")

    models = Path("models")
    models.mkdir(exist_ok=True)
    joblib.dump(features, models / "features.joblib")
    joblib.dump(reader, models / "reader.joblib")
    Path("metrics.json").write_text(json.dumps(metrics), encoding="utf-8")


if __name__ == "__main__":
    main()
