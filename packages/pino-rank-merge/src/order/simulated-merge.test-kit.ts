import { layoutOf, liveShape } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { LiveScheduler, type LiveSchedulerOptions } from './live-scheduler.ts'
import { Planner } from './planner.ts'
import type { SimulatedClock } from './simulated-clock.test-kit.ts'
import type { SimulatedPipe } from './simulated-pipe.test-kit.ts'
import type { PinoWriter } from './simulated-ranks.test-kit.ts'

export interface Written {
  time: number
  source: number
  line: number
  /** When the merge wrote it. */
  at: number
}

export interface RunningMerge {
  out: Written[]
  scheduler: LiveScheduler
  /** Resolves when all sources have ended. */
  ended: Promise<void>
}

/** Merges pipes under the given clock. `pause` simulates a slow reader: it is called with each plan. */
export function startMerge(
  clock: SimulatedClock,
  pipes: readonly SimulatedPipe[],
  live: Partial<LiveSchedulerOptions> & { maxBytes?: number; pause?: () => Promise<void> },
): RunningMerge {
  const layout = layoutOf(pipes.length, live.maxBytes ?? 2 ** 24, liveShape)
  const kernel = kernelOf(layout.size)
  const planner = new Planner(pipes.length, kernel, layout, 'time')
  const { now, after } = clock
  const scheduler = new LiveScheduler(pipes, planner, { windowMs: 250, now, after, ...live })
  const out: Written[] = []
  const { from, to, sources, times } = planner.planned
  const bytes = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
  const ended = (async () => {
    for await (const { count } of scheduler.plans()) {
      for (let at = 0; at < count; at++) {
        const text = bytes.toString('latin1', from[at], to[at])
        const line = Number(/"line":(\d+)/.exec(text)?.[1] ?? -1)
        out.push({ time: times[at] as number, source: sources[at] as number, line, at: clock.time })
      }
      if (count > 0) await live.pause?.()
    }
  })()
  return { out, scheduler, ended }
}

/** Advances the clock until all sources have ended. */
export async function untilEnd(
  clock: SimulatedClock,
  { ended }: RunningMerge,
  laterMs: () => number = () => 0,
): Promise<void> {
  let isDone = false
  ended.finally(() => {
    isDone = true
  })
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  while (!isDone) await clock.next(laterMs())
  await ended
}

/** Reports whether all lines of each rank were written, in its order. */
export function areWhole(out: readonly Written[], ranks: readonly PinoWriter[]): boolean {
  return ranks.every((rank, source) => {
    const own = out.filter((line) => line.source === source).map(({ line }) => line)
    return own.join() === rank.written.map((line) => /"line":(\d+)/.exec(line)?.[1]).join()
  })
}

/** Returns the lines that come after a later one. */
export function lateLines(out: readonly Written[]): Written[] {
  let latest = 0
  return out.filter(({ time }) => {
    latest = Math.max(latest, time)
    return time < latest
  })
}
