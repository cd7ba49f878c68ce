import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { torchrunEnv, withoutRank } from 'pino-rank/launch'
import { startCollector } from 'pino-rank-stdout/collector'
import { type RankMessage, ringVariable } from './parent-link.ts'
import type { Progress } from './progress.ts'
import { socketRoot } from './ring-directory.ts'

/** How long a rank may take to end once it was told to. */
const graceMs = 5_000

interface Failure {
  rank: number
  how: string
  message: string
  follows: boolean
}

/**
 * Runs this script again as `worldSize` ranks, with torchrun's variables, and resolves when all have ended.
 * When one fails, ends the others and rejects with its rank and its exit code or signal. SIGINT and SIGTERM go to
 * the ranks first and then end this process too. What the ranks log to pino-rank-stdout comes out of this process, in order.
 */
export async function launch(worldSize: number, onProgress: (progress: Progress) => void): Promise<void> {
  if (!process.argv[1]) throw new Error('Trainer: devices > 1 starts this script again, but there is no script file')
  const directory = await mkdtemp(join(socketRoot(), 'ddp-'))
  const runId = randomUUID()
  const isWindows = process.platform === 'win32' // without a collector each rank writes its own lines
  const collector = isWindows
    ? undefined
    : await startCollector({ runKey: runId, ranks: worldSize, startWindowMs: 1000 })
  const children: ChildProcess[] = []
  const failures: Failure[] = []
  let sent: NodeJS.Signals | undefined
  let interrupt: NodeJS.Signals | undefined
  let grace: NodeJS.Timeout | undefined
  const stop = (signal: NodeJS.Signals): void => {
    sent = signal
    for (const child of children) child.kill(signal)
    grace ??= setTimeout(stop, graceMs, 'SIGKILL')
  }
  const interrupted = (signal: NodeJS.Signals): void => {
    interrupt = signal
    stop(signal)
  }

  const run = async (rank: number): Promise<void> => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...rankEnvironment(rank, worldSize, runId), ...collector?.env, [ringVariable]: directory },
    })
    children.push(child)
    let told = { message: '', follows: false }
    child.on('message', (message: RankMessage) => {
      if (message?.ddp === 'progress') onProgress(message.progress)
      else if (message?.ddp === 'failed') told = message
      else if (process.connected) process.send?.(message)
    })
    const lastMessage = once(child, 'disconnect') // comes after it, but not always before 'exit'
    const [code, signal] = await once(child, 'exit')
    await lastMessage
    if ((code === 0 && !told.message) || (sent && signal === sent)) return
    failures.push({ rank, how: signal ? `was ended by ${signal}` : `exited with code ${code}`, ...told })
    if (!sent) stop('SIGTERM')
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupted)
  try {
    await Promise.all(Array.from({ length: worldSize }, (_, rank) => run(rank)))
  } finally {
    clearTimeout(grace)
    for (const child of children) child.kill('SIGKILL') // only where starting the others failed
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted)
    await collector?.close()
    await rm(directory, { recursive: true, force: true })
  }
  if (interrupt) process.kill(process.pid, interrupt)
  const cause = failures.find(({ follows }) => !follows) ?? failures[0]
  if (cause) throw new Error(`rank ${cause.rank} ${cause.how}${cause.message && `: ${cause.message}`}`)
}

/** The environment of a rank: ours, and what torchrun would say. */
function rankEnvironment(rank: number, worldSize: number, runId: string): NodeJS.ProcessEnv {
  const inherited = withoutRank(process.env) // RANKLOG_RANK would override ours
  const { MASTER_ADDR: masterAddr, MASTER_PORT: masterPort } = inherited
  return { ...inherited, ...torchrunEnv(rank, { worldSize, runId, masterAddr, masterPort }) }
}
