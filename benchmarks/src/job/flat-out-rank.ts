import { setImmediate as turn } from 'node:timers/promises'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
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

/** What it did in each second. */
export interface FlatOutSample {
  lines: number[]
  /** User and system time of all threads, in s. */
  cpu: number[]
  /** At the end: a stream that finds its disk slow has a thread more. */
  threads: number
}

/** A program's event loop turns now and then; so does this one's. */
const linesPerTurn = 100

/** `step` and `line` have six digits each. */
const linesPerStep = 1000

await answer<FlatOutJob>(async ({ writer, path, options, seconds }): Promise<FlatOutSample> => {
  const write = await openWriter(writer, path, 0, options)
  const lines = Array.from({ length: seconds }, () => 0)
  const cpu: number[] = []
  const start = performance.now()
  let before = process.cpuUsage()
  for (let logged = 0; cpu.length < seconds; logged += linesPerTurn) {
    for (let line = logged; line < logged + linesPerTurn; line++)
      write(Math.floor(line / linesPerStep), line % linesPerStep)
    await turn()
    lines[cpu.length] = (lines[cpu.length] ?? 0) + linesPerTurn
    if (performance.now() - start < (cpu.length + 1) * 1000) continue
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    cpu.push((user + system) / 1e6)
  }
  return { lines, cpu, threads: processStatus().threads }
})
