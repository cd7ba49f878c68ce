import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { torchrunEnv } from 'pino-rank/launch'

/** Which rank a process is. */
export interface Place {
  rank: number
  worldSize: number
}

/**
 * Starts a program of this folder as a rank, with torchrun's variables. It does not inherit variables that could change a figure, such
 * as NODE_OPTIONS or those of a launcher.
 *
 * @param job passed to the program in `process.argv[2]`, as JSON
 */
export function startProcess(program: string, job: object, place: Place): ChildProcess {
  const child = fork(new URL(program, import.meta.url), [JSON.stringify(job)], {
    env: rankEnvironment(place),
    execArgv: [],
    serialization: 'advanced', // JSON has no NaN
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ranks that are killed when this process exits, so that none writes to a folder that is removed. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Returns the environment of a rank. */
export function rankEnvironment({ rank, worldSize }: Place): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env
  return { PATH, LD_LIBRARY_PATH, ...torchrunEnv(rank, { worldSize }) }
}

/** Returns the next message of a process. @throws {Error} if it ends without a message */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const listening = new AbortController()
  const { signal } = listening
  const end = once(child, 'disconnect', { signal }).then(() => {
    throw new Error(`${child.spawnargs.join(' ')} ended without a message`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), end])
    return message
  } finally {
    listening.abort()
  }
}

/** Runs a program that sends one message. Resolves when the program has ended, so that it does not disturb the next sample. */
export async function runProcess<Message>(program: string, job: object, place: Place): Promise<Message> {
  const child = startProcess(program, job, place)
  const exited = once(child, 'exit')
  const message = await nextMessage<Message>(child)
  await exited
  return message
}
