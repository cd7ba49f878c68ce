import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** One pipe that many processes write to. */
export interface SharedPipe {
  fd: number
  /** Who reads it. */
  reader: ChildProcess
  /** Closes this process's end; resolves when all that was written is in the file. */
  close(): Promise<void>
}

/** A real pipe into the file `into`: the 'pipe' of Node's child processes is a socket pair, which tears elsewhere. */
export async function sharedPipe(dir: string, into: string): Promise<SharedPipe> {
  const path = join(dir, 'pipe')
  execFileSync('mkfifo', [path])
  const cat = spawn('cat', [path], { stdio: ['ignore', openSync(into, 'w'), 'inherit'] })
  const written = once(cat, 'close')
  const writer = await open(path, 'w')
  return {
    fd: writer.fd,
    reader: cat,
    async close() {
      await writer.close()
      await written
    },
  }
}
