import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type CollectorOptions, startCollector } from '../collector/index.ts'

const lookMs = 5

/** What the thread is told at its start. */
export interface CollectorData {
  options: CollectorOptions
  /** 1: it has written all, and nobody need wait for it. */
  done: Int32Array
}

/** What it is told when its process begins to end: to wait for no more ranks. */
export type Starts = 'starts'

/** What it is told then. */
export interface Farewell {
  /** How long it waits for the others. */
  lingerMs: number
  /** 1: the rank of this process is connected. */
  own: 0 | 1
}

const { options, done } = workerData as CollectorData
const collector = await startCollector(options).catch(() => undefined) // another one collects this run
parentPort?.on('message', async (told: Starts | Farewell) => {
  if (told === 'starts') return collector?.start()
  const { lingerMs, own } = told
  const until = performance.now() + lingerMs
  while (collector && collector.stats().connected > own && performance.now() < until) await pause(lookMs)
  await collector?.leave()
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
})
