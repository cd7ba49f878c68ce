import { kernelOf, LineTime, layoutOf, OutputRing, Planner } from 'pino-rank-merge/core'
import type { InputFiles } from './input-file.ts'
import { OutputFile } from './output-file.ts'

export interface MergeFilesOptions {
  timeKey?: string | undefined
  maxBytes: number
  wasm?: boolean
  /** Told now and then how far it is. */
  progress?: ((bytes: number) => void) | undefined
}

export interface MergeFilesStats {
  lines: number
  bytes: number
  unfinished: number
}

/** Merges files that have ended, as they are, into a descriptor: their bytes are read into the kernel's memory, and written from there. */
export async function mergeFiles(
  inputs: readonly InputFiles[],
  fd: number,
  options: MergeFilesOptions,
): Promise<MergeFilesStats> {
  const layout = layoutOf(inputs.length, options.maxBytes)
  const kernel = kernelOf(layout.size, options.wasm)
  const planner = new Planner(inputs.length, kernel, layout, new LineTime(options.timeKey))
  const ring = new OutputRing(kernel, layout)
  const output = new OutputFile(fd, ring, layout.outputs.length)
  for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
    if (outcome === 'planned') {
      while (!ring.copy(planner.planned.count)) {
        await output.pass()
        options.progress?.(output.bytes)
      }
      continue
    }
    const { needed } = planner
    const read = (inputs[needed] as InputFiles).read(planner.room(needed))
    const length = typeof read === 'number' ? read : await read
    if (length > 0) planner.fed(needed, length)
    else planner.end(needed)
  }
  await output.end()
  return { lines: planner.stats().lines, bytes: output.bytes, unfinished: planner.stats().unfinished }
}
