/** The one way to start a process in a test: without what tap and launchers set, and with its output kept as text. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Output } from './output.ts'

/** A test, or anything else that calls `end` when it is over. */
export interface Owner {
  teardown(end: () => void): unknown
}

export interface ProcessOptions {
  /** Variables beside those of {@link cleanEnvironment}. Undefined removes one. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The user, and the group of the same number, that it runs as. @default those of this process */
  uid?: number
  /** A descriptor, or `pipe`: its text is kept. @default 'pipe' */
  stdout?: number | 'pipe' | 'ignore'
  /** As `stdout`. */
  stderr?: number | 'pipe' | 'ignore'
  /** True makes it the leader of a session and a group of its own. @default false */
  detached?: boolean
  /** How its output is decoded. @default 'utf8' */
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
 * Node, as the first words of a command. tap puts a hook into the NODE_OPTIONS of every process that is spawned, whatever
 * environment the caller gives. `env` removes it again.
 */
export const node: readonly string[] = ['env', '-u', 'NODE_OPTIONS', process.execPath]

/** The flag that turns on node's permissions, by its name in this version. */
export const permissionFlag: string = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

/** Returns this process's environment without what a test runner, a launcher or the user set for the programs under test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const runner = 'NODE_OPTIONS|NODE_V8_COVERAGE|TAP.*|_TAPJS.*'
  const launcher = 'RANKLOG_.*|.*RANK|WORLD_SIZE|SLURM_.*|OMPI_.*|PMI_.*|TF_CONFIG|SM_.*|LWS_.*|pm_id'
  const foreign = new RegExp(`^(${runner}|${launcher}|WANDB_.*|MLFLOW_.*|PYTHON.*)$`)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const { TEST_COVERAGE } = process.env // set by `npm run mutate`
  return TEST_COVERAGE === undefined ? env : { ...env, NODE_V8_COVERAGE: TEST_COVERAGE }
}

/** Starts a command. Its owner kills it at the end if it still runs. */
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
  /** Resolves when it has ended and its pipes are closed. Processes that it leaves behind may hold them. */
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

  /** Returns its next message. @throws {Error} if it ends instead */
  async nextMessage<Message>(): Promise<Message> {
    const next = await this.#messages?.next()
    if (!next || next.done) throw new Error(`the process ended: ${this.stderr.text}`)
    return next.value[0] as Message
  }

  /** Sends a message and returns the answer to it. */
  async request<Answer>(message: string): Promise<Answer> {
    this.send(message)
    return this.nextMessage()
  }
}
