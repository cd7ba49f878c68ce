import { type ChildProcess, fork } from 'node:child_process'
import { on, once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'

const [env, ...node] = unhookedNode

/** One rank of a job of two: a real process that a test talks with, word for word. */
export class TalkingRank {
  readonly #process: ChildProcess
  readonly #messages: NodeJS.AsyncIterator<[unknown]>
  readonly #stderr: Promise<string>
  readonly #exit: Promise<unknown[]>

  constructor(program: URL, rank: number, args: string[]) {
    this.#process = fork(fileURLToPath(program), args, {
      env: { ...cleanEnvironment(), ...torchrunEnv(rank, { worldSize: 2 }) },
      execPath: env,
      execArgv: node,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#messages = on(this.#process, 'message', { close: ['exit'] } as object) as never
    this.#stderr = text(this.#process.stderr as NodeJS.ReadableStream as never)
    this.#exit = once(this.#process, 'exit')
  }

  /** What it says next. Rejects if it ends instead. */
  async hear<T>(): Promise<T> {
    const { value, done } = await this.#messages.next()
    if (done) throw new Error(`the rank ended: ${await this.#stderr}`)
    return value[0] as T
  }

  say(word: string): void {
    this.#process.send(word)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  async end(): Promise<{ code: unknown; signal: unknown; stderr: string }> {
    const [code, signal] = await this.#exit
    return { code, signal, stderr: await this.#stderr }
  }
}
