import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'

/** How one rank ended. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  stderr: string
}

export interface SpawnOptions {
  /** Number of ranks. */
  ranks: number
  /** Which of them to start. @default all */
  only?: number
  /** What the program finds in its `argv`. */
  args: string[]
  /** A descriptor that all ranks share as their fd 1. @default none */
  stdout?: number
  /** What the launcher says otherwise; undefined: nothing of that. */
  env?: NodeJS.ProcessEnv
}

const [env, ...node] = unhookedNode

/**
 * Starts `program` as each rank of a torchrun job of one node, in real processes, and waits for all. A rank that says
 * `send SIGTERM` is sent it.
 */
export function spawnRanks(program: URL, { ranks, only, args, stdout, env: told }: SpawnOptions): Promise<Ending[]> {
  const started = Array.from({ length: ranks }, (_, rank) => rank).filter((rank) => only === undefined || rank === only)
  return Promise.all(
    started.map(async (rank) => {
      const child = fork(fileURLToPath(program), args, {
        env: { ...cleanEnvironment(), ...torchrunEnv(rank, { worldSize: ranks, runId: 'conformance' }), ...told },
        execPath: env,
        execArgv: node,
        stdio: ['ignore', stdout ?? 'ignore', 'pipe', 'ipc'],
      })
      child.on('message', (message) => message === 'send SIGTERM' && child.kill('SIGTERM'))
      const said = text(child.stderr as NodeJS.ReadableStream as never)
      const [code, signal] = await once(child, 'exit')
      return { code, signal, stderr: await said }
    }),
  )
}
