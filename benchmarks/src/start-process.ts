import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { torchrunEnv } from 'pino-rank/launch'

/** Which rank a process is. */
export interface Place {
  rank: number
  worldSize: number
}

/**
 * Starts a program of this folder as a rank, by torchrun's variables. It sees nothing else of our environment that
 * could change a figure: no NODE_OPTIONS, no variable of a launcher that started us.
 *
 * @param job what the program finds in `process.argv[2]`, as JSON
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

/** Where we end early, nothing continues to write to a disk that is removed. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** All that a rank sees of our environment. */
export function rankEnvironment({ rank, worldSize }: Place): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env
  return { PATH, LD_LIBRARY_PATH, ...torchrunEnv(rank, { worldSize }) }
}

/** The process's next message; throws where it ends without one. */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const listening = new AbortController()
  const { signal } = listening
  const end = once(child, 'disconnect', { signal }).then(() => {
    throw new Error(`${child.spawnargs.join(' ')} ended without an answer`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), end])
    return message
  } finally {
    listening.abort()
  }
}

/** Runs a program that sends one message, and waits until it is gone: the next one has the machine to itself. */
export async function runProcess<Message>(program: string, job: object, place: Place): Promise<Message> {
  const child = startProcess(program, job, place)
  const gone = once(child, 'exit')
  const message = await nextMessage<Message>(child)
  await gone
  return message
}
