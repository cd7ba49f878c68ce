import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'

/** A logger, and what it has written. */
export interface Opened {
  log: pino.Logger
  /** Ends the logger's stream. Returns the text that each target got. */
  texts(): Promise<string[]>
}

/** A stream without any of the methods that a program does not need. */
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

/** A logger that writes to files. They are removed once they are read. */
export function toFiles(log: pino.Logger, files: readonly string[]): Opened {
  const texts = async () => {
    await close(log)
    return files.map(readAway)
  }
  return { log, texts }
}

async function close(log: pino.Logger): Promise<void> {
  const stream = (log as unknown as Record<symbol, Destination>)[pino.symbols.streamSym] as Destination
  const awake = setInterval(() => {}, 1000) // pino's workers keep no process alive
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

/** Returns the text of a file. A file that is not there was never written. */
function readAway(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    rmSync(file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
