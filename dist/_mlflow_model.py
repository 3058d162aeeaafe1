"""An MLflow model behind an algorithm: how it is unpacked and loaded, what it takes, and what it returns.

Works on Python 3.7 and newer, with MLflow 1.30 and newer.
"""

import atexit
import base64
import datetime
import hashlib
import json
import math
import os
import shutil
import tarfile
import tempfile

import mlflow.pyfunc
import numpy
import pandas
from mlflow.utils.proto_json_utils import parse_tf_serving_input

try:
    from mlflow.utils.proto_json_utils import dataframe_from_parsed_json
except ImportError:  # MLflow 1
    from mlflow.utils.proto_json_utils import _dataframe_from_json

    def dataframe_from_parsed_json(content, pandas_orient, schema=None):
        return _dataframe_from_json(json.dumps(content), schema, pandas_orient, precise_float=True)


FORMS = {"dataframe_split", "dataframe_records", "instances", "inputs"}
EXPECTED = (
    'expected a list of records, a list of rows, {"columns": [...], "data": [...]} as pandas writes a frame split, or an '
    "object with one of the keys dataframe_split, dataframe_records, instances and inputs as MLflow's scoring server "
    "takes it; or the JSON text of one of these"
)


def load_model(archive, md5):
    """Loads the model of an archive that holds one folder with it.

    Unpickling runs code from the archive, so it must have the given MD5. The unpacked files stay until the process ends:
    some models read theirs when they are asked.
    """
    found = md5_of(archive)
    if found != md5:
        raise RuntimeError("The model is not the one that was deployed: its MD5 is {}, not {}".format(found, md5))
    folder = tempfile.mkdtemp(prefix="mlflow-model-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    unpack(archive, folder)
    names = os.listdir(folder)
    if len(names) != 1:
        raise RuntimeError("The model's archive must hold one folder, and holds {}".format(sorted(names)))
    return mlflow.pyfunc.load_model(os.path.join(folder, names[0]))


def md5_of(path):
    digest = hashlib.md5()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def unpack(archive, folder):
    """Unpacks files, folders and links that stay inside, and refuses all else and all that a link would lead out."""
    root = os.path.realpath(folder)
    with tarfile.open(archive, "r:gz") as members:
        for member in members:
            path = os.path.realpath(os.path.join(root, member.name))
            ends = [path, os.path.realpath(os.path.join(os.path.dirname(path), member.linkname))] if member.issym() else [path]
            is_inside = all(end == root or end.startswith(root + os.sep) for end in ends)
            if not is_inside or not (member.isfile() or member.isdir() or member.issym()):
                raise RuntimeError("The model's archive must not hold {}".format(member.name))
            os.makedirs(path if member.isdir() else os.path.dirname(path), exist_ok=True)
            if member.issym():
                os.symlink(member.linkname, path)
            if member.isfile():
                with members.extractfile(member) as source, open(path, "wb") as target:
                    shutil.copyfileobj(source, target)


def predict(model, input):
    """Returns what the model's `predict` returns, as JSON can say it. Raises ValueError for an input of no known form."""
    data, params = read_input(input, model.metadata)
    result = model.predict(data) if params is None else model.predict(data, params=params)
    return result if isinstance(result, (bytes, bytearray)) else to_json(result)


def read_input(input, metadata):
    """Returns what `predict` of the model takes, with the types of its signature, and its parameters or None."""
    if isinstance(input, (str, bytes, bytearray)):
        try:
            input = json.loads(input)
        except ValueError:
            raise ValueError("The input is a text, but not JSON: " + EXPECTED) from None
    params = None
    if isinstance(input, list):
        form, content = form_of_list(input, metadata)
    elif isinstance(input, dict):
        rest = {key: value for key, value in input.items() if key != "params"}
        params = input.get("params")
        if "data" in rest and set(rest) <= {"columns", "data", "index"}:
            rest = {"dataframe_split": rest}
        if len(rest) != 1 or not FORMS.issuperset(rest):
            raise ValueError("The input is an object with the keys {}: {}".format(sorted(map(str, input)), EXPECTED))
        form, content = rest.popitem()
    else:
        raise ValueError("The input is of type {}: {}".format(type(input).__name__, EXPECTED))
    schema = metadata.get_input_schema()
    if form == "inputs" and has_type_hints(metadata):
        return content, params
    if form in ("dataframe_split", "dataframe_records"):
        orient = form[len("dataframe_") :]
        frame = dataframe_from_parsed_json(content, pandas_orient=orient, schema=schema)
        refuse_loss(dataframe_from_parsed_json(content, pandas_orient=orient), frame)
        return frame, params
    return parse_tf_serving_input({form: content}, schema=schema), params


def form_of_list(rows, metadata):
    """Returns the form of MLflow's protocol that a list stands for, and its content."""
    schema = metadata.get_input_schema()
    if has_type_hints(metadata):
        return "inputs", rows
    if rows and all(isinstance(row, dict) for row in rows):
        return "dataframe_records", rows
    if rows and all(isinstance(row, list) for row in rows):
        if schema is not None and schema.is_tensor_spec():
            return "instances", rows
        names = schema.input_names() if schema is not None and schema.has_input_names() else range(len(rows[0]))
        return "dataframe_split", {"columns": list(names), "data": rows}
    raise ValueError("The input is a list, but not of records or of rows: " + EXPECTED)


def refuse_loss(given, frame):
    """MLflow makes a 2 of 2.5 where the signature says integer; pyfunc itself refuses that."""
    for position, name in enumerate(frame.columns):
        before, after = given.iloc[:, position].to_numpy(), frame.iloc[:, position].to_numpy()
        if after.dtype.kind in "iu" and before.dtype.kind in "iuf" and (before != after).any():
            value = before[before != after][0]
            raise ValueError("The column {} holds {}, but the model takes {} there".format(name, value, after.dtype))


def has_type_hints(metadata):
    """Whether the model's own type hints are its signature: it then converts what it gets. Known to MLflow 2.20 and newer."""
    return getattr(metadata, "_is_signature_from_type_hint", bool)()


def to_json(value):
    """Returns a value as JSON can say it: what is missing, not a number or infinite becomes null, bytes become base64."""
    if isinstance(value, pandas.DataFrame):
        value = value.to_dict("records")
    elif isinstance(value, (numpy.ndarray, numpy.generic)) and value.dtype.kind == "M":
        # Otherwise nanoseconds would become integers.
        value = value.astype("datetime64[us]").tolist()
    elif hasattr(value, "toarray"):  # a sparse matrix
        value = value.toarray().tolist()
    elif hasattr(value, "model_dump"):  # of pydantic
        value = value.model_dump()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if value is pandas.NaT or value is getattr(pandas, "NA", None):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    return value
