import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'

/** A process that logs what it is told to. */
export interface SpokenLogger {
  child: ChildProcess
  /** Has it logged, or `flush`, `reopen` and `stats` done; resolves with what came of it. */
  say(message: string): Promise<unknown>
  /** Resolves when it has ended, with what it said on stderr. */
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
}

export interface SpokenLoggerOptions {
  /** Another user. */
  uid?: number
  /** @default not looked at */
  stdout?: number | 'pipe'
}

const program = fileURLToPath(new URL('./programs/spoken-logger.js', import.meta.url))
const [env, ...node] = unhookedNode

/** Starts a logger on the file `path`; resolves when it can be spoken to. */
export async function spokenLogger(
  path: string,
  options: object = {},
  { uid, stdout = 'ignore' as never }: SpokenLoggerOptions = {},
): Promise<SpokenLogger> {
  const stdio: StdioOptions = ['ignore', stdout, 'pipe', 'ipc']
  const child = fork(program, [path, JSON.stringify(options)], {
    env: cleanEnvironment(),
    execPath: env,
    execArgv: node,
    stdio,
    ...(uid !== undefined && { uid, gid: uid }),
  })
  const stderr = text(child.stderr as NodeJS.ReadableStream as never)
  const ended = once(child, 'exit').then(async ([code, signal]) => ({ code, signal, stderr: await stderr }))
  const up = await Promise.race([once(child, 'message'), ended.then(({ stderr }) => stderr)])
  if (typeof up === 'string') throw new Error(up)
  return {
    child,
    ended,
    async say(message) {
      const answer = once(child, 'message')
      child.send(message)
      const [{ result }] = await answer
      return result
    },
  }
}
