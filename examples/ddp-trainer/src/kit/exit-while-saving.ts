// A program for tests: it exits while it writes a checkpoint, when the temporary file exists. The command line has the folder.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { writeCheckpoint } from '../checkpoints/checkpoint-file.ts'

const folder = process.argv[2] as string
const parameters = [{ shape: [2 ** 24], values: new Float32Array(2 ** 24) }]
const checkpoint = { currentEpoch: 0, globalStep: 0, hparams: undefined, parameters, optimizer: undefined }
let isWritten = false
void writeCheckpoint(join(folder, 'last.ckpt'), checkpoint).then(() => {
  isWritten = true
})
while (!readdirSync(folder).some((name) => name.endsWith('.tmp')) && !isWritten) await setImmediate()
process.exit(isWritten ? 1 : 3)
