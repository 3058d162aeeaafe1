"""Trains an ElasticNet that predicts how far diabetes progresses within a year, and logs run and model with MLflow.

The data come with scikit-learn: 442 patients, ten measurements each, and a score of the disease a year later.
"""

import argparse

import mlflow
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alpha", type=float, default=0.001, help="weight of the penalty")
    parser.add_argument("--l1-ratio", type=float, default=0.5, help="share of the L1 penalty, 0 to 1")
    parser.add_argument("--model", default="model", help="folder to write the model to")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    measurements, progression = load_diabetes(return_X_y=True, as_frame=True)
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
        logged = mlflow.sklearn.log_model(model, name="diabetes", input_example=test_x.head(2))

    # MLflow keeps it in a folder whose name is made up. This is a copy under a name that a workflow can know.
    mlflow.artifacts.download_artifacts(artifact_uri=logged.model_uri, dst_path=arguments.model)
    for name, value in metrics.items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
