import { openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFifo } from './run-command.ts'
import { type Owner, startProcess, type TestProcess } from './start-process.ts'

/** A pipe that many processes write to. */
export interface SharedPipe {
  fd: number
  reader: TestProcess
  /** Closes this process's descriptor. Resolves when all writers have closed theirs and the file is complete. */
  close(): Promise<void>
}

/**
 * Creates a real pipe whose reader writes to the file `into`. The 'pipe' of Node's child processes is a pair of sockets,
 * which splits writes differently.
 */
export async function sharedPipe(owner: Owner, dir: string, into: string): Promise<SharedPipe> {
  const path = join(dir, 'pipe')
  makeFifo(path)
  const reader = startProcess(owner, ['cat', path], { stdout: openSync(into, 'w') })
  const writer = await open(path, 'w')
  return {
    fd: writer.fd,
    reader,
    async close() {
      await writer.close()
      await reader.exit
    },
  }
}
