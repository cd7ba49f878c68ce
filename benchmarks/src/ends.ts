import { openSync, writeSync } from 'node:fs'
import pino from 'pino'
import { resolveRank } from 'pino-rank/sink'
import { lineFileSettings } from 'pino-rank-file/append'
import { appendSink } from 'pino-rank-file/writer'
import { type LineSink, LineStream } from 'pino-rank-lines'

/** Our batcher over each of two ends that could own the file's descriptor, without a writer thread: which end costs less? */

export function appendWriter(path: string): LineStream {
  return writerOver(path, appendSink(settingsOf(path)))
}

export function sonicWriter(path: string): LineStream {
  return writerOver(path, new SonicSink(path))
}

/**
 * The least that a stream on the main thread can do: joins pino's strings, encodes them, and writes 64 KiB at a time. It
 * knows no level, no age, no fault and no count. What it costs, no synchronous writer gets below.
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

/** sonic-boom keeps the descriptor. It continues a short write where it stopped: right where one process has the file. */
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

function writerOver(path: string, end: LineSink): LineStream {
  return new LineStream(end, { ranks: '*', others: 'silent' }, settingsOf(path))
}

function settingsOf(path: string): ReturnType<typeof lineFileSettings> {
  return lineFileSettings('benchmarks', { path }, resolveRank({}), () => path)
}
