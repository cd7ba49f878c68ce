"""Loads a YAML mapping with each of PyYAML's safe loaders: key, type and value of each entry. Usage: read_yaml.py FILE"""
import json
import math
import sys

import yaml


def in_json(value):
    """Returns the value, or the name of NaN and infinities, which JSON does not have."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


found = {}
for name in ("SafeLoader", "CSafeLoader"):
    if hasattr(yaml, name):
        with open(sys.argv[1], encoding="utf-8") as file:
            entries = yaml.load(file, Loader=getattr(yaml, name))
        found[name] = [[key, type(value).__name__, in_json(value)] for key, value in entries.items()]
print(json.dumps(found))
