import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../../../packages/ranklog-bench/dist/stats/stats.js'
import { answer } from '../answer.ts'
import { openWriter } from '../writers.ts'

/** A program that logs a line now and then. */
export interface PacedJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  /** Calls that are not reported, then calls that are. */
  warmUp: number
  calls: number
  /** Between two calls, in ms. */
  interval: number
}

/** Time inside its calls, in µs. */
export interface PacedSample {
  median: number
  p99: number
  longest: number
}

await answer<PacedJob>(async ({ writer, path, warmUp, calls, interval }): Promise<PacedSample> => {
  const write = await openWriter(writer, path, 0)
  const times: number[] = []
  for (let call = 0; call < warmUp + calls; call++) {
    await pause(interval) // the rate is what is measured, not something to wait for
    const start = process.hrtime.bigint()
    write(0, call)
    times.push(Number(process.hrtime.bigint() - start) / 1e3)
  }
  const seen = times.slice(warmUp)
  return { median: quantile(seen, 0.5), p99: quantile(seen, 0.99), longest: quantile(seen, 1) }
})
