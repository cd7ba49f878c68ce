"""Checks a Kubernetes manifest as the API server does, with Kubernetes' own schemas, and prints it as JSON."""
import json
import sys

import kubernetes_validate
import yaml

with open(sys.argv[1]) as file:
    manifest = yaml.safe_load(file)
kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
json.dump(manifest, sys.stdout)
