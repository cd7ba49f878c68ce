import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { torchrunEnv, withoutRank } from 'pino-rank/launch'
import { startCollector } from 'pino-rank-stdout/collector'
import { defaultSaveTimeoutMs, type StopSignal } from './exit-at-signals.ts'
import {
  type FailureMessage,
  type ParentMessage,
  type RankMessage,
  type RankZeroMessage,
  ringVariable,
} from './parent-link.ts'
import { socketRoot } from './ring-directory.ts'

/** Time that a rank has to end after SIGTERM, before it is killed. */
const graceMs = 5_000

interface Failure {
  rank: number
  how: string
  message: string
  isConsequence: boolean
}

/**
 * Runs this script again as `worldSize` ranks, with torchrun's variables. Resolves when all have ended. If one fails, it ends the
 * others and rejects with the number of that rank and its exit code or signal.
 *
 * SIGINT and SIGTERM first end the ranks and then this process. At the first signal, ranks that run a fit may save a checkpoint. This
 * process collects the lines that the ranks log to pino-rank-stdout, and writes them in order of time.
 *
 * @param onMessage called with the progress, the parameters and the results that rank 0 sends
 * @param onEnd called when the ranks have ended, before a signal ends this process
 * @param saveTimeoutMs time that the ranks have after the first signal
 * @param variablesOf returns more variables for the environment of a rank
 */
export async function launch(
  worldSize: number,
  onMessage: (message: RankZeroMessage) => void,
  onEnd: () => void,
  saveTimeoutMs: number = defaultSaveTimeoutMs,
  variablesOf: (rank: number) => Record<string, string> = () => ({}),
): Promise<void> {
  if (!process.argv[1]) throw new Error('Trainer: devices > 1 starts this script again, but there is no script file')
  const directory = await mkdtemp(join(socketRoot(), 'ddp-'))
  const runId = randomUUID()
  const isWindows = process.platform === 'win32' // without a collector each rank writes its own lines
  const collector = isWindows
    ? undefined
    : await startCollector({ runKey: runId, ranks: worldSize, startWindowMs: 1000 })
  const children: ChildProcess[] = []
  const failures: Failure[] = []
  const killed = new Set<number>()
  let sent: NodeJS.Signals | undefined
  let interrupt: NodeJS.Signals | undefined
  let saving: NodeJS.Timeout | undefined
  let grace: NodeJS.Timeout | undefined
  const listening = new Set<ChildProcess>()
  const stop = (signal: NodeJS.Signals): void => {
    sent = signal
    for (const child of children) child.kill(signal)
    grace ??= setTimeout(stop, graceMs, 'SIGKILL')
  }
  const onInterrupt = (signal: NodeJS.Signals): void => {
    const message: ParentMessage = { ddp: 'signal', signal: signal as StopSignal }
    sent = signal
    for (const child of children)
      if (listening.has(child) && child.connected)
        child.send(message, () => {}) // an error: the rank has just ended
      else child.kill(signal)
    if (interrupt) grace ??= setTimeout(stop, graceMs, 'SIGKILL')
    else saving = setTimeout(stop, saveTimeoutMs, signal)
    interrupt = signal
  }

  /** Kills a rank that does not respond, because it would end only after the grace time. It is the cause of the failure. */
  const kill = ({ unresponsive: rank, message }: FailureMessage): void => {
    if (rank === undefined || killed.has(rank)) return
    killed.add(rank)
    failures.push({ rank, how: 'did not respond and was killed', message, isConsequence: false })
    children[rank]?.kill('SIGKILL')
  }

  const run = async (rank: number): Promise<void> => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced', // typed arrays are sent as bytes
      env: {
        ...rankEnvironment(rank, worldSize, runId),
        ...collector?.env,
        ...variablesOf(rank),
        [ringVariable]: directory,
      },
    })
    children[rank] = child
    let reported = { message: '', isConsequence: false }
    child.on('message', (message: RankMessage) => {
      if (message?.ddp === 'failed') {
        reported = message
        kill(message)
      } else if (message?.ddp === 'listens') listening.add(child)
      else if (isFromRankZero(message)) onMessage(message)
      else if (process.connected) process.send?.(message, () => {}) // an error: our parent has just ended
    })
    const disconnected = once(child, 'disconnect') // follows the last message, and may come after 'exit'
    disconnected.catch(() => {}) // awaited below
    const [code, signal] = await once(child, 'exit')
    await disconnected
    if ((code === 0 && !reported.message) || (sent && signal === sent) || killed.has(rank)) return
    failures.push({ rank, how: signal ? `was ended by ${signal}` : `exited with code ${code}`, ...reported })
    if (!sent) stop('SIGTERM')
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onInterrupt)
  try {
    await Promise.all(Array.from({ length: worldSize }, (_, rank) => run(rank)))
  } finally {
    clearTimeout(saving)
    clearTimeout(grace)
    for (const child of children) child.kill('SIGKILL') // a rank still runs only if starting another one failed
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onInterrupt)
    await collector?.close()
    await rm(directory, { recursive: true, force: true })
  }
  onEnd()
  if (interrupt) process.kill(process.pid, interrupt)
  const cause = failures.find(({ isConsequence }) => !isConsequence) ?? failures[0]
  if (cause) throw new Error(`rank ${cause.rank} ${cause.how}${cause.message && `: ${cause.message}`}`)
}

function isFromRankZero(message: RankMessage): message is RankZeroMessage {
  return ['progress', 'parameter', 'result'].includes(message?.ddp)
}

/** Returns the environment of a rank: our own, and the variables that torchrun sets. */
function rankEnvironment(rank: number, worldSize: number, runId: string): NodeJS.ProcessEnv {
  const inherited = withoutRank(process.env) // RANKLOG_RANK would override ours
  const { MASTER_ADDR: masterAddr, MASTER_PORT: masterPort } = inherited
  return { ...inherited, ...torchrunEnv(rank, { worldSize, runId, masterAddr, masterPort }) }
}
