"""Loads a YAML mapping with each of PyYAML's safe loaders: key, type and value of each entry. Usage: read_yaml.py FILE"""
import json
import sys

import yaml

found = {}
for name in ("SafeLoader", "CSafeLoader"):
    if hasattr(yaml, name):
        with open(sys.argv[1], encoding="utf-8") as file:
            entries = yaml.load(file, Loader=getattr(yaml, name))
        found[name] = [[key, type(value).__name__, value] for key, value in entries.items()]
print(json.dumps(found))
