import { setImmediate as turn } from 'node:timers/promises'
import { scalarWriters } from './scalar-writers.ts'
import { sendResult } from './send-result.ts'

/** The job of a process that writes scalars. */
export interface ScalarJob {
  /** A name of `scalar-writers.ts`, or of scalars.py. */
  writer: string
  logdir: string
  scalars: number
  /** The folder where tfjs-node is installed, if it is. */
  tfjs?: string
}

export interface ScalarSample {
  /** Time from the first call until the file is closed, in ns per scalar. */
  wall: number
}

const perTurn = 100

await sendResult<ScalarJob>(async ({ writer, logdir, scalars, tfjs = '' }): Promise<ScalarSample> => {
  const open = scalarWriters[writer]
  if (!open) throw new Error(`no writer "${writer}"`)
  const file = await open(logdir, tfjs)
  const start = performance.now()
  for (let step = 0; step < scalars; ) {
    const end = Math.min(scalars, step + perTurn)
    for (; step < end; step++) file.write('loss/train', 1 / (step + 1), step)
    await turn()
  }
  await file.close()
  return { wall: ((performance.now() - start) * 1e6) / scalars }
})
