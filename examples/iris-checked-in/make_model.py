"""Makes model.joblib, which is committed. Run it by hand, with the packages of iris/requirements.txt."""

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

iris = load_iris()
species = iris.target_names[iris.target]
model = make_pipeline(StandardScaler(), LogisticRegression())
print(f"accuracy: {cross_val_score(model, iris.data, species).mean():.3f}")
joblib.dump(model.fit(iris.data, species), "model.joblib")
