import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { answer } from './answer.ts'
import { close, ready } from './destination.ts'
import { writeLine } from './line.ts'

/** What a rank does. */
export interface ContentionJob {
  /** One of the names below. */
  logging: string
  rank: number
  /** The file that the ranks share. */
  shared: string
  /** The file of this rank alone. */
  own: string
  /** Steps that are run and not reported, then steps that are. */
  warmUp: number
  steps: number
  /** Lines a step. */
  lines: number
}

/** What a rank saw. */
export interface ContentionSample {
  /** Of each step, in ms, from its start to the next one's. */
  step: number[]
  /** Time inside the log calls of each step, in ms. */
  calls: number[]
  /** User and system time of all threads, in ms, from the first step until the destination has closed. */
  cpu: number
}

/** Length of the wait that stands for a GPU's work, in ms. */
const work = 5

const pinoFile = (destination: string, rank: number, level = 'info') =>
  pino({ level, base: { rank }, transport: { target: 'pino/file', options: { destination } } })

const loggings: Record<string, (job: ContentionJob) => pino.Logger | undefined> = {
  'no logging': () => undefined,
  'pino/file, one file': ({ shared, rank }) => pinoFile(shared, rank),
  'pino/file, N files': ({ own, rank }) => pinoFile(own, rank),
  'pino/file, rank 0 by hand': ({ shared, rank }) => pinoFile(shared, rank, rank === 0 ? 'info' : 'silent'),
  'rankLogger, pino-rank-file': ({ shared }) =>
    rankLogger({ base: null, transport: { target: 'pino-rank-file', options: { path: shared } } }),
  'rankLogger, fileStream': ({ shared }) => rankLogger({ base: null }, fileStream({ path: shared })),
}

await answer<ContentionJob>(async (job): Promise<ContentionSample> => {
  const open = loggings[job.logging]
  if (!open) throw new Error(`no logging "${job.logging}"`)
  const log = open(job)
  if (log) await ready(log)
  const still = new Int32Array(new SharedArrayBuffer(4))
  const step: number[] = []
  const inCalls: number[] = []
  process.send?.('ready')
  await once(process, 'message') // all ranks are ready

  const before = process.cpuUsage()
  for (let at = 0; at < job.warmUp + job.steps; at++) {
    const start = performance.now()
    Atomics.wait(still, 0, 0, work)
    const worked = performance.now()
    if (log) for (let line = 0; line < job.lines; line++) writeLine(log, at, line)
    const logged = performance.now()
    await turn() // what the logger left to the event loop delays the next step
    step.push(performance.now() - start)
    inCalls.push(logged - worked)
  }
  if (log) await close(log)
  const { user, system } = process.cpuUsage(before)
  return { step: step.slice(job.warmUp), calls: inCalls.slice(job.warmUp), cpu: (user + system) / 1e3 }
})
