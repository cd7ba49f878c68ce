"""Reads a run with TensorBoard's own reader. Prints the plugin and the steps of each tag. Usage: read_events.py LOGDIR"""
import json
import sys

from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator

reader = EventAccumulator(sys.argv[1], tensor_size_guidance={plugin: 0 for plugin in ("scalars", "text", "histograms", "images", "hparams")})
reader.Reload()
found = {}
for tag in reader.Tags()["tensors"]:
    plugin = reader.SummaryMetadata(tag).plugin_data.plugin_name
    events = reader.Tensors(tag)
    found[tag] = {"plugin": plugin, "steps": [e.step for e in events]}
    if plugin == "scalars":
        found[tag]["values"] = [str(e.tensor_proto.float_val[0]) for e in events]
        found[tag]["times"] = [e.wall_time for e in events]
print(json.dumps(found))
