import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../../../packages/ranklog-bench/dist/stats/stats.js'
import { sendResult } from '../send-result.ts'
import { openWriter } from '../writers.ts'

/** The job of a program that logs a line at a fixed interval. */
export interface PacedJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  /** Number of calls before the measured ones. */
  warmUp: number
  /** Number of measured calls. */
  calls: number
  /** Time between two calls, in ms. */
  interval: number
}

/** Duration of the calls, in µs. */
export interface PacedSample {
  median: number
  p99: number
  longest: number
}

await sendResult<PacedJob>(async ({ writer, path, warmUp, calls, interval }): Promise<PacedSample> => {
  const write = await openWriter(writer, path, 0)
  const times: number[] = []
  for (let call = 0; call < warmUp + calls; call++) {
    await pause(interval) // gives the calls their rate; it does not wait for an event
    const start = process.hrtime.bigint()
    write(0, call)
    times.push(Number(process.hrtime.bigint() - start) / 1e3)
  }
  const seen = times.slice(warmUp)
  return { median: quantile(seen, 0.5), p99: quantile(seen, 0.99), longest: quantile(seen, 1) }
})
