import { setImmediate as turn } from 'node:timers/promises'
import { answer } from '../answer.ts'
import { openWriter } from '../writers.ts'

/** A program that logs as fast as it can for some seconds. */
export interface FlatOutJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  options: object
  seconds: number
}

/** Lines that it logged in each second. */
export interface FlatOutSample {
  perSecond: number[]
}

/** A program's event loop turns now and then; so does this one's. */
const linesPerTurn = 100

/** `step` and `line` have six digits each. */
const linesPerStep = 1000

await answer<FlatOutJob>(async ({ writer, path, options, seconds }): Promise<FlatOutSample> => {
  const write = await openWriter(writer, path, 0, options)
  const perSecond = Array.from({ length: seconds }, () => 0)
  const start = performance.now()
  for (let logged = 0; ; logged += linesPerTurn) {
    for (let line = logged; line < logged + linesPerTurn; line++)
      write(Math.floor(line / linesPerStep), line % linesPerStep)
    await turn()
    const second = Math.floor((performance.now() - start) / 1000)
    if (second >= seconds) return { perSecond }
    perSecond[second] = (perSecond[second] ?? 0) + linesPerTurn
  }
})
