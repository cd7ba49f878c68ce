import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'

/** A logger, and a way to read what it has written. */
export interface Opened {
  log: pino.Logger
  /** Ends the logger's stream, and returns the text that each target received. */
  texts(): Promise<string[]>
}

/** A stream with only the method that pino requires. */
export class TextStream {
  text = ''

  write(chunk: string): void {
    this.text += chunk
  }
}

/** Returns the path of a new file. */
export function fileIn(dir: string): string {
  return join(dir, `${randomUUID()}.log`)
}

/** Returns a logger that writes to files. Each file is removed when it is read. */
export function toFiles(log: pino.Logger, files: readonly string[]): Opened {
  const texts = async () => {
    await close(log)
    return files.map(readAndRemove)
  }
  return { log, texts }
}

async function close(log: pino.Logger): Promise<void> {
  const stream = (log as unknown as Record<symbol, Destination>)[pino.symbols.streamSym] as Destination
  const awake = setInterval(() => {}, 1000) // a worker of pino does not keep the process alive
  await new Promise<void>((done) => stream.flush(() => done()))
  const closed = once(stream, 'close')
  stream.end()
  await closed
  clearInterval(awake)
}

interface Destination extends NodeJS.EventEmitter {
  flush(done: () => void): void
  end(): void
}

/** Returns the text of a file, and removes the file. Returns an empty text if the file does not exist: nothing was written. */
function readAndRemove(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    rmSync(file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
