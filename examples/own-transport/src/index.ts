/** A pino transport of your own, which only the open ranks write. Copy it, and change `format`, `open` and the options. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import build from 'pino-abstract-transport'
import * as sink from 'pino-rank/sink'
import sonic, { type SonicBoom } from 'sonic-boom'

/** Your options. pino sends them to its worker thread, so they must be structured-cloneable. */
export interface OwnOptions {
  /** The file, where `{rank}` stands for the rank's number. Missing folders are created. */
  path: string
}

/** Which ranks write, unless the program names others: rank 0 everything, the other ranks their errors. */
export const rank: sink.SinkDeclaration<OwnOptions> = {
  ranks: '0',
  others: 'error',
  check: (options, rank) => void fileOf(options, rank), // called on every rank, so a wrong option shows on rank 0 too
}

/** The target. `rankLogger` decides the gate; if pino itself creates the target, `openSink` decides it. */
export default function ownTransport(given: OwnOptions & sink.GateOptions): Writable {
  return sink.openSink(given, rank, ({ rank, open: isOpen, cwd, ...options }) => {
    const file = fileOf(options, rank, cwd)
    let destination: SonicBoom | undefined
    const write = async (lines: AsyncIterable<string>): Promise<void> => {
      for await (const line of lines) {
        destination ??= open(file).on('error', (error) => stream.destroy(error)) // opened by the first line
        if (!destination.write(format(line))) await once(destination, 'drain')
      }
    }
    const close = async (error?: Error): Promise<void> => {
      if (error) throw error // pino reports it
      destination?.end()
      if (destination) await once(destination, 'close')
    }
    // `parseLine` is JSON.parse by default, and a line that it refuses is dropped.
    const stream = build(write, { parse: 'lines', parseLine: (line) => line, close })
    return stream
  })
}

/** Returns what is written of a record. `line` is its JSON, without a newline. */
function format(line: string): string {
  return `${line}\n`
}

/** Opens the place that the lines are written to. */
function open(file: string): SonicBoom {
  return new sonic.SonicBoom({ dest: file, mkdir: true })
}

/** Checks the options and returns the path of the file. Opens nothing. */
function fileOf(options: OwnOptions, rank: sink.ResolvedRank, cwd?: string): string {
  const check = new sink.OptionChecker('own-transport')
  check.rejectUnknownKeys(options, ['path', ...sink.givenGateKeys])
  return sink.pathOption(check, 'path', options.path, rank, { cwd })
}
