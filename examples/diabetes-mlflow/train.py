"""Trains an ElasticNet that predicts how far diabetes progresses within a year, and logs the run with MLflow.

The data come with scikit-learn: 442 patients, ten measurements each, and a score of the disease a year later.
"""

import argparse

import joblib
import mlflow
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alpha", type=float, default=0.001, help="weight of the penalty")
    parser.add_argument("--l1-ratio", type=float, default=0.5, help="share of the L1 penalty, 0 to 1")
    parser.add_argument("--model", default="model.joblib", help="file to write the model to")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    measurements, progression = load_diabetes(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(measurements, progression, random_state=42)

    mlflow.set_experiment("diabetes")
    with mlflow.start_run():
        mlflow.log_params({"alpha": arguments.alpha, "l1_ratio": arguments.l1_ratio})
        model = ElasticNet(alpha=arguments.alpha, l1_ratio=arguments.l1_ratio, random_state=42)
        model.fit(train_x, train_y)
        predicted = model.predict(test_x)
        metrics = {
            "rmse": root_mean_squared_error(test_y, predicted),
            "mae": mean_absolute_error(test_y, predicted),
            "r2": r2_score(test_y, predicted),
        }
        mlflow.log_metrics(metrics)

    joblib.dump(model, arguments.model)
    for name, value in metrics.items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
