import { openSync, writeSync } from 'node:fs'
import pino from 'pino'
import { resolveRank } from 'pino-rank/sink'
import { lineFileSettings } from 'pino-rank-file/append'
import { appendSink } from 'pino-rank-file/writer'
import { type LineSink, LineStream } from 'pino-rank-lines'

// Streams on the main thread with different sinks, without a writer thread, to compare the cost of the sinks.

/** Opens our line writer with the sink of pino-rank-file. */
export function appendWriter(path: string): LineStream {
  return writerOver(path, appendSink(settingsOf(path)))
}

/** Opens our line writer with sonic-boom as its sink. */
export function sonicWriter(path: string): LineStream {
  return writerOver(path, new SonicSink(path))
}

/**
 * Opens a stream that only joins pino's strings, encodes them, and writes batches. It ignores levels and the age of lines, and it
 * handles no errors. No synchronous stream can cost less.
 */
export function bareWriter(path: string): pino.DestinationStream {
  const fd = openSync(path, 'a')
  const bytes = Buffer.allocUnsafeSlow(2 ** 17)
  const batch = 2 ** 16
  const piece = 2 ** 14
  let used = 0
  let text = ''
  const encode = () => {
    used += bytes.write(text, used)
    text = ''
  }
  const put = () => {
    writeSync(fd, bytes, 0, used)
    used = 0
  }
  process.on('exit', () => {
    encode()
    put()
  })
  return {
    write(line) {
      text += line
      if (text.length < piece) return
      encode()
      if (used >= batch - piece) put()
    },
  }
}

/** A sink that writes through sonic-boom. sonic-boom continues a short write where it stopped, so only one process may write the file. */
class SonicSink implements LineSink {
  readonly #path: string
  #boom: ReturnType<typeof pino.destination> | undefined

  constructor(path: string) {
    this.#path = path
  }

  write(lines: Buffer): number {
    this.#boom ??= pino.destination({ dest: this.#path, sync: true, mkdir: true, contentMode: 'buffer' } as object)
    this.#boom.write(lines as never)
    return lines.length
  }

  close(): void {
    this.#boom?.end()
    this.#boom = undefined
  }
}

function writerOver(path: string, sink: LineSink): LineStream {
  return new LineStream(sink, { ranks: '*', others: 'silent' }, settingsOf(path))
}

function settingsOf(path: string): ReturnType<typeof lineFileSettings> {
  return lineFileSettings('benchmarks', { path }, resolveRank({}), () => path)
}
