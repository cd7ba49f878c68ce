"""Reads the scalars of a run with EventAccumulator.Scalars(), as scripts do. Usage: read_scalars.py LOGDIR"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
reader.Reload()
print(json.dumps({tag: [[e.step, str(e.value)] for e in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}))
