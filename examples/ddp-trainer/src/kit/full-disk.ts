// A program for tests: it writes a checkpoint that is larger than its process may write, as on a full disk. It prints the error. The
// command line has the path of the checkpoint.
import { spawnSync } from 'node:child_process'
import { writeCheckpoint } from '../checkpoints/checkpoint-file.ts'

const [path = '', isLimited] = process.argv.slice(2)
if (isLimited) {
  const parameters = [{ shape: [100_000], values: new Float32Array(100_000) }]
  const checkpoint = { currentEpoch: 3, globalStep: 12, hparams: undefined, parameters, optimizer: undefined }
  await writeCheckpoint(path, checkpoint).catch((error: Error) => process.stdout.write(error.message))
} else {
  const script = process.argv[1] as string
  const command = 'ulimit -f 16 && exec "$0" "$@"' // 16 blocks of 512 bytes
  const { status } = spawnSync('sh', ['-c', command, process.execPath, script, path, 'limited'], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
