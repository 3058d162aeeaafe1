"""Answers with the predictions of an MLflow model; _mlflow_model.py tells what it takes.

The model is an archive of the manifest, which is downloaded by the Algorithm Development Kit.
"""

from Algorithmia import ADK

from ._mlflow_model import load_model, predict

ENTRY = "__ENTRY__"


def load(model_data):
    archive = model_data.get_model(ENTRY)
    return {"model": load_model(archive, expected_md5(model_data.manifest_data))}


def expected_md5(manifest):
    """Checked also where the entry does not say fail_on_tamper; only a frozen manifest has checksums of entries."""
    entries = manifest["required_files"] + manifest["optional_files"]
    checksums = [entry.get("md5_checksum") for entry in entries if entry["name"] == ENTRY]
    return checksums[0] or manifest["model_md5_hash"]


def apply(input, state):
    return predict(state["model"], input)


algorithm = ADK(apply, load)
algorithm.init()
