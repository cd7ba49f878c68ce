/** Processes of tests: without the variables of tap and of launchers, and with their output as text. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Output } from './output.ts'

/** A test, or anything else that calls `end` at its end. */
export interface Owner {
  teardown(end: () => void): unknown
}

export interface ProcessOptions {
  /** Variables added to those of {@link cleanEnvironment}. Undefined removes one. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The user id, and the group id of the same number. @default those of this process */
  uid?: number
  /** A descriptor, or `pipe` for an {@link Output}. @default 'pipe' */
  stdout?: number | 'pipe' | 'ignore'
  /** As `stdout`. */
  stderr?: number | 'pipe' | 'ignore'
  /** True makes the process the leader of a new session and group. @default false */
  detached?: boolean
  /** The encoding of its output. @default 'utf8' */
  encoding?: BufferEncoding
  /** True gives it an IPC channel. @default false */
  ipc?: boolean
}

/** How a process ended, and what it wrote to its pipes. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/**
 * Node, as the first words of a command. tap adds a hook to the NODE_OPTIONS of every child process, whatever its
 * environment is, so `env` removes the variable.
 */
export const node: readonly string[] = ['env', '-u', 'NODE_OPTIONS', process.execPath]

/** The flag of this Node version that turns on the permission model. */
export const permissionFlag: string = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

/** Returns this process's environment without the variables of test runners, launchers, our packages and metric clients. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const runner = 'NODE_OPTIONS|NODE_V8_COVERAGE|TAP.*|_TAPJS.*'
  const launcher = 'RANKLOG_.*|.*RANK|WORLD_SIZE|SLURM_.*|OMPI_.*|PMI_.*|TF_CONFIG|SM_.*|LWS_.*|pm_id'
  const foreign = new RegExp(`^(${runner}|${launcher}|WANDB_.*|MLFLOW_.*|PYTHON.*)$`)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const { TEST_COVERAGE } = process.env // set by `npm run mutate`
  return TEST_COVERAGE === undefined ? env : { ...env, NODE_V8_COVERAGE: TEST_COVERAGE }
}

/** Starts a command. It is killed at the end of its owner if it still runs. */
export function startProcess(owner: Owner, command: readonly string[], options: ProcessOptions = {}): TestProcess {
  const started = new TestProcess(command, options)
  owner.teardown(() => started.kill())
  return started
}

/** Runs a command to its end. */
export function runProcess(owner: Owner, command: readonly string[], options: ProcessOptions = {}): Promise<Exit> {
  return startProcess(owner, command, options).exit
}

/** Starts a built file with an IPC channel. @param program its URL, or the name of one of the kit's `programs` */
export function startProgram(
  owner: Owner,
  program: URL | string,
  args: readonly string[],
  options: ProcessOptions = {},
): TestProcess {
  return startProcess(owner, [...node, pathOf(program), ...args], { ...options, ipc: true })
}

/** Returns the path of a built file. @param program its URL, or the name of one of the kit's `programs` */
export function pathOf(program: URL | string): string {
  return fileURLToPath(typeof program === 'string' ? new URL(`./programs/${program}.js`, import.meta.url) : program)
}

export class TestProcess {
  readonly child: ChildProcess
  readonly stdout: Output
  readonly stderr: Output
  /** Resolves when the process has ended and its pipes are closed. A process that it has started may keep them open. */
  readonly exit: Promise<Exit>
  readonly #messages: AsyncIterator<[unknown]> | undefined

  constructor([command = '', ...args]: readonly string[], options: ProcessOptions) {
    const { cwd, uid, stdout = 'pipe', stderr = 'pipe', encoding = 'utf8', ipc = false, detached } = options
    const stdio: StdioOptions = ['pipe', stdout, stderr, ...(ipc ? (['ipc'] as const) : [])]
    const user = uid === undefined ? {} : { uid, gid: uid }
    this.child = spawn(command, args, { cwd, env: { ...cleanEnvironment(), ...options.env }, stdio, detached, ...user })
    this.stdout = new Output(this.child.stdout, encoding)
    this.stderr = new Output(this.child.stderr, encoding)
    this.exit = this.#end()
    if (ipc) this.#messages = on(this.child, 'message', { close: ['close'] } as object) as never
  }

  async #end(): Promise<Exit> {
    const [code, signal] = await once(this.child, 'close')
    return { code, signal, stdout: this.stdout.text, stderr: this.stderr.text }
  }

  get pid(): number {
    return this.child.pid as number
  }

  get stdin(): Writable {
    return this.child.stdin as Writable
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal)
  }

  send(message: string): void {
    this.child.send(message)
  }

  /** Returns the next message of the process. @throws {Error} if the process ends first */
  async nextMessage<Message>(): Promise<Message> {
    const next = await this.#messages?.next()
    if (!next || next.done) throw new Error(`the process ended: ${this.stderr.text}`)
    return next.value[0] as Message
  }

  /** Sends a message, and returns the next message of the process. */
  async request<Answer>(message: string): Promise<Answer> {
    this.send(message)
    return this.nextMessage()
  }
}
