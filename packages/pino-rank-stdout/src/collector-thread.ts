import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type CollectorOptions, startCollector } from './collector/collector.ts'

const lookMs = 5

/** What the thread is told at its start. */
export interface CollectorData {
  options: CollectorOptions
  /** 1: it has written all, and nobody need wait for it. */
  done: Int32Array
}

const { options, done } = workerData as CollectorData
const collector = await startCollector(options).catch(() => undefined) // another one collects this run
parentPort?.on('message', async (lingerMs: number) => {
  const until = performance.now() + lingerMs
  while (collector && collector.stats().connected > 1 && performance.now() < until) await pause(lookMs)
  await collector?.leave()
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
})
