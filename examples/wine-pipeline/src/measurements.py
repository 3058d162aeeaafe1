"""Turns what a laboratory reports about a wine into the 13 numbers that the model was trained on."""

import re

# For each unit of the model, what a number in another unit is multiplied by.
FACTORS = {
    "g/l": {"g/l": 1, "mg/l": 0.001, "mg/ml": 1, "g/100ml": 10},
    "mg/l": {"mg/l": 1, "g/l": 1000, "ug/ml": 1, "ppm": 1},
    "%": {"%": 1, "% vol": 1},
    "meq/l": {"meq/l": 1, "eq/l": 1000},
    "": {},
}

# In the order of the model, with the unit that the model takes the number in.
UNITS = {
    "alcohol": "%",
    "malic_acid": "g/l",
    "ash": "g/l",
    "alcalinity_of_ash": "meq/l",
    "magnesium": "mg/l",
    "total_phenols": "g/l",
    "flavanoids": "g/l",
    "nonflavanoid_phenols": "g/l",
    "proanthocyanins": "g/l",
    "color_intensity": "",
    "hue": "",
    "od280/od315_of_diluted_wines": "",
    "proline": "mg/l",
}
NAMES = list(UNITS)

NUMBER_AND_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s*(.*)")


def read_measurements(report):
    """The 13 numbers in the model's order, from {name: measurement} or from a comma-separated line of them."""
    if isinstance(report, str):
        fields = [field.strip() for field in report.split(",")]
        if len(fields) != len(NAMES):
            raise ValueError(f"The line has {len(fields)} measurements, expected {len(NAMES)}: {', '.join(NAMES)}")
        report = dict(zip(NAMES, fields))
    if not isinstance(report, dict):
        raise ValueError("The input must be an object of measurements or a comma-separated line of them")
    missing = [name for name in NAMES if name not in report]
    unknown = [name for name in report if name not in UNITS]
    if missing or unknown:
        raise ValueError(f"Missing: {', '.join(missing) or 'nothing'}; unknown: {', '.join(unknown) or 'nothing'}")
    return [number_of(name, report[name]) for name in NAMES]


def number_of(name, measurement):
    """The number in the model's unit."""
    if type(measurement) in (int, float):
        return measurement
    match = NUMBER_AND_UNIT.fullmatch(measurement.strip()) if isinstance(measurement, str) else None
    if match is None:
        raise ValueError(f"{name} must be a number or a number with a unit, not {measurement!r}")
    number, unit = float(match[1]), match[2].lower().replace("µ", "u")
    if unit == "":
        return number
    factors = FACTORS[UNITS[name]]
    if unit not in factors:
        raise ValueError(f"{name} cannot be in {match[2]}: give {' or '.join(factors) or 'the number alone'}")
    # Conversion must not leave traces such as 127.00000000000001.
    return round(number * factors[unit], 9)
