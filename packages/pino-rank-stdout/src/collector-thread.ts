import { workerData } from 'node:worker_threads'
import { type CollectorOptions, startCollector } from './collector/collector.ts'

const lookMs = 10

const { options, connected } = workerData as { options: CollectorOptions; connected: Int32Array }
const collector = await startCollector(options).catch(() => undefined) // another one collects this run
if (collector) {
  setInterval(() => {
    Atomics.store(connected, 0, collector.stats().connected)
    Atomics.notify(connected, 0)
  }, lookMs)
}
