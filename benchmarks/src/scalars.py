"""Writes scalars with a writer in Python. Usage: WRITER LOGDIR SCALARS. Prints the time per scalar, in ns, until the file is closed."""
import json, sys, time

name, logdir, scalars = sys.argv[1], sys.argv[2], int(sys.argv[3])
if name == "torch SummaryWriter":
    from torch.utils.tensorboard import SummaryWriter
else:
    from tensorboardX import SummaryWriter

writer = SummaryWriter(logdir)
start = time.perf_counter()
for step in range(scalars):
    writer.add_scalar("loss/train", 1 / (step + 1), step)
writer.close()
print(json.dumps({"wall": (time.perf_counter() - start) * 1e9 / scalars}))
