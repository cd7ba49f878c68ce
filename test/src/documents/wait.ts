/** Waits for other processes. */
import { once } from 'node:events'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

/** The time between two tries, in ms. */
const pauseMs = 50

/** Tries until `verify` does not throw. @throws {Error} the last error, after `signal` is aborted */
export async function eventually(verify: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const isLast = signal.aborted
    try {
      return await verify()
    } catch (error) {
      if (isLast) throw error
    }
    await setTimeout(pauseMs)
  }
}

/** Sends a signal to a process group, and resolves when it has no process. */
export async function groupEnd(pid: number, signal: NodeJS.Signals): Promise<void> {
  try {
    for (process.kill(-pid, signal); ; process.kill(-pid, 0)) await setTimeout(pauseMs)
  } catch {
    // the group has no process
  }
}

/** Returns the answer to a GET request. Each request has its own connection, so that several processes get some of them. */
export async function answerOf(url: string): Promise<string> {
  const [response] = await once(get(url, { agent: false }), 'response')
  return text(response)
}
