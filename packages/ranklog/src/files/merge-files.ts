import {
  DedupPlan,
  dedupLayoutOf,
  kernelOf,
  layoutOf,
  OutputRing,
  type Places,
  Planner,
  type TimeKey,
} from 'pino-rank-merge/core'
import type { InputFiles } from './input-file.ts'
import { type OutputDisk, OutputFile } from './output-file.ts'

export interface MergeFilesOptions {
  /** The name of the field with the time, for each input. */
  timeKey?: TimeKey | undefined
  maxBytes: number
  wasm?: boolean
  /** Writes to the descriptor. @default the system's write(2) */
  disk?: OutputDisk
  /** Writes duplicates of several inputs within the window once. `names`: the name of each input. */
  dedup?: { names: readonly string[]; windowMs: number } | undefined
  /** Called from time to time with the number of bytes read. */
  progress?: ((bytes: number) => void) | undefined
}

export interface MergeFilesStats {
  lines: number
  bytes: number
  /** For each input: the number of records without a time, and whether a line has a time. */
  times: { untimed: number; hasTime: boolean }[]
}

/** Minimum memory for blocks that wait for duplicates of other ranks, in bytes. */
const minArenaBytes = 2 ** 20

/** Merges files that are no longer written. Their bytes are read into the kernel's memory and written from there. */
export async function mergeFiles(
  inputs: readonly InputFiles[],
  fd: number,
  { maxBytes, dedup, timeKey = 'time', wasm, progress, disk }: MergeFilesOptions,
): Promise<MergeFilesStats> {
  const left = dedup ? maxBytes - dedupLayoutOf(0, dedup.names, 0).size : maxBytes
  const arenaBytes = dedup ? Math.max(minArenaBytes, Math.floor(left / 3)) : 0
  const layout = layoutOf(inputs.length, left - arenaBytes)
  const groups = dedup && dedupLayoutOf(layout.size, dedup.names, arenaBytes)
  const kernel = kernelOf(groups?.size ?? layout.size, wasm)
  const planner = new Planner(inputs.length, kernel, layout, timeKey)
  const dedupPlan = dedup && groups && new DedupPlan(dedup.names, dedup.windowMs, planner.planned, kernel, groups)
  const ring = new OutputRing(kernel, layout)
  const output = new OutputFile(fd, ring, layout.outputs.length, disk)
  const write = async ({ count, places }: { count: number; places: Places }) => {
    while (!ring.copy(count, places)) {
      await output.pass()
      progress?.(inputs.reduce((sum, input) => sum + input.bytes, 0))
    }
  }
  for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
    if (outcome === 'planned') {
      if (!dedupPlan) await write(planner.planned)
      else for (const _ of dedupPlan.take()) await write(dedupPlan)
      continue
    }
    const { needed } = planner
    const read = (inputs[needed] as InputFiles).read(planner.room(needed))
    const length = typeof read === 'number' ? read : await read
    if (length > 0) planner.commit(needed, length)
    else planner.end(needed)
  }
  if (dedupPlan) for (const _ of dedupPlan.end()) await write(dedupPlan)
  await output.end()
  const times = inputs.map((_, input) => ({ untimed: planner.untimed(input), hasTime: planner.lastTime(input) > 0 }))
  return { lines: planner.stats().lines, bytes: output.bytes, times }
}
