import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { Trainer } from '../trainer/trainer.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'

/** Returns the trainers of `worldSize` ranks, in this process. They find each other by the id of their run, as under a launcher. */
export function trainers(t: Test, worldSize: number, options: (rank: number) => TrainerOptions): Trainer[] {
  const runId = randomUUID()
  return Array.from({ length: worldSize }, (_, rank) => {
    const env = { ...process.env, RANKLOG_RANK: `${rank}`, RANKLOG_WORLD_SIZE: `${worldSize}`, RANKLOG_RUN_ID: runId }
    const restore = t.intercept(process, 'env', { value: env })
    const trainer = new Trainer(options(rank))
    restore.restore()
    return trainer
  })
}
