import { setImmediate as turn } from 'node:timers/promises'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
import { sendResult } from '../send-result.ts'
import { openWriter } from '../writers.ts'

/** The job of a program that logs as fast as it can for some seconds. */
export interface FlatOutJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  options: object
  seconds: number
}

/** The measured figures. */
export interface FlatOutSample {
  /** Number of lines logged in each second. */
  lines: number[]
  /** User and system time of all threads in each second, in s. */
  cpu: number[]
  /** Number of threads at the end. A stream on a slow disk has one more. */
  threads: number
}

/** Lines between two turns of the event loop, which turns from time to time in any program. */
const linesPerTurn = 100

/** `step` and `line` have six digits each. */
const linesPerStep = 1000

await sendResult<FlatOutJob>(async ({ writer, path, options, seconds }): Promise<FlatOutSample> => {
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
