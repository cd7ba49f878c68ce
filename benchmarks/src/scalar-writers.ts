import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { rankLogger } from 'pino-rank'
import { tensorboardStream } from 'pino-tensorboard'
import { close, ready } from './destination.ts'

/** Writes scalars into an event file. */
export interface ScalarWriter {
  write(tag: string, value: number, step: number): void
  /** Resolves when the file is complete. */
  close(): Promise<void>
}

/** The writers in Node, by name. Those in Python are in scalars.py. */
export const scalarWriters: Record<string, (logdir: string, tfjs: string) => Promise<ScalarWriter>> = {
  'pino-tensorboard, target': (logdir) =>
    toLog(rankLogger({ transport: { target: 'pino-tensorboard', options: { logdir } } })),
  'pino-tensorboard, stream': (logdir) => toLog(rankLogger({}, tensorboardStream({ logdir }))),
  'tfjs-node summaryFileWriter': async (logdir, tfjs) => {
    const require = createRequire(join(tfjs, 'package.json'))
    const writer = require('@tensorflow/tfjs-node').node.summaryFileWriter(logdir)
    return {
      write: (tag, value, step) => writer.scalar(tag, value, step),
      close: async () => writer.flush(),
    }
  },
}

async function toLog(log: Logger): Promise<ScalarWriter> {
  await ready(log)
  return {
    write: (tag, value, step) => log.info({ metrics: { [tag]: value }, step }),
    close: () => close(log),
  }
}
