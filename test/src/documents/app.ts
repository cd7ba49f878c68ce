/** The folder of a reader who follows a document. */
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { torchrunEnv } from 'pino-rank/launch'
import { expectEqual } from '../kit/checks.ts'
import { freePort } from '../kit/free-port.ts'
import type { MlflowServer } from '../kit/mlflow-server.ts'
import { node, type Owner, startProcess, type TestProcess } from '../kit/start-process.ts'
import { compare, fieldsOf, jsonOf, matching } from './content.ts'
import { type Expected, mlflowUri, type Tool } from './expected.ts'
import type { PageNotes, Step } from './plan.ts'
import { answerOf, eventually, groupEnd } from './wait.ts'

/** The longest time for a command, in ms. */
const limitMs = 120_000

/** The time between two appended lines, in ms. */
const appendMs = 100

/** An installed {@link Tool}. */
export interface ToolCommand {
  /** For the names of checks. */
  name: string
  /** What the tool's name in a block starts. */
  command: readonly string[]
  env?: NodeJS.ProcessEnv
}

/** The installed tools. One may have several versions. */
export type Tools = Readonly<Partial<Record<Tool, readonly ToolCommand[]>>>

/** What all pages share. */
export interface Surroundings {
  owner: Owner
  root: string
  registry: { url: string; folder: string }
  mlflow?: MlflowServer
  /** A block that needs a tool is run with each of its versions. @default such blocks are not run */
  tools?: Tools
}

interface Result {
  exit: number | NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A folder in which a page's blocks are run, with the packages that its own commands install. */
export class App {
  readonly #dir: string
  readonly #around: Surroundings
  readonly #bin: string
  readonly #env: NodeJS.ProcessEnv
  readonly #background: number[] = []

  constructor(dir: string, around: Surroundings) {
    this.#dir = dir
    this.#around = around
    const prefix = join(dir, '.global')
    this.#bin = join(prefix, 'bin')
    this.#env = {
      PATH: [this.#bin, process.env.PATH].join(delimiter),
      CLONE: around.registry.folder,
      npm_config_prefix: prefix, // for --global
      npm_config_registry: around.registry.url,
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_yes: 'true',
      npm_config_update_notifier: 'false',
    }
    mkdirSync(dir, { recursive: true })
  }

  /** Copies the files that the prose of the page asks for, and runs its commands. */
  async prepare(page: string, { says = [], copies }: PageNotes): Promise<void> {
    for (const name of copies?.names ?? []) {
      cpSync(join(this.#around.root, copies?.from ?? '', name), join(this.#dir, name), { recursive: true })
    }
    for (const { words, command } of says) {
      if (!page.replaceAll('\n', ' ').includes(words)) throw new Error(`the page no longer says "${words}"`)
      const { exit, stderr } = await this.#run(['bash', '-c', command], {}, {})
      if (exit !== 0) throw new Error(stderr)
    }
  }

  /** Runs a step, and checks what it does. */
  async take({ action, name, text, expected }: Step, tool?: ToolCommand): Promise<void> {
    const { ending = '', deletes = [] } = expected
    for (const path of deletes) rmSync(join(this.#dir, path), { recursive: true, force: true })
    if (tool) this.#install(expected.needs as Tool, tool)
    const env = { ...tool?.env, ...expected.env }
    if (action === 'parse') this.#compareJson(text, expected)
    else if (action === 'command') await this.#check(['bash', '-c', text], { reports: /^/, ...expected, env })
    else this.write(name, `${text}\n${ending}`)
    if (action === 'run') await this.#check([...node, name], expected)
    if (action !== 'parse' || ending === '') return
    this.write(`${name}.mjs`, `const json = ${text}\n${ending}`)
    await this.#check([...node, `${name}.mjs`], expected)
  }

  /** Writes a file, and creates its folder. */
  write(name: string, text: string): void {
    const file = join(this.#dir, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text.replaceAll(mlflowUri, this.#around.mlflow?.uri ?? mlflowUri))
  }

  /** Ends the commands that run in the background, as the end of the reader's terminal does. */
  async end(): Promise<void> {
    for (const pid of this.#background) await groupEnd(pid, 'SIGTERM')
  }

  /** Makes the tool a command of this folder, as `npm install --global` does. */
  #install(name: string, { command }: ToolCommand): void {
    const file = join(this.#bin, name)
    mkdirSync(this.#bin, { recursive: true })
    writeFileSync(file, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`)
    chmodSync(file, 0o755)
  }

  async #check(command: readonly string[], expected: Expected): Promise<void> {
    const { ranks = [undefined], worldSize = 1, exit = 0, reports = /^$/, prints, later } = expected
    const env = { ...expected.env }
    if (expected.serves) env.PORT = String(await freePort())
    const results: Result[] = []
    for (const rank of ranks) {
      const launched = rank === undefined ? {} : torchrunEnv(rank, { worldSize, runId: 'job-7' })
      results.push(await this.#run(command, { ...launched, ...env }, expected))
    }
    const stdout = results.map((result) => result.stdout).join('')
    const stderr = results.map((result) => result.stderr).join('')
    for (const result of results) expectEqual([result.exit, stderr], [exit, stderr])
    compare('stderr', stderr, reports)
    if (prints) compare('stdout', stdout, prints)
    if (later) await this.#filesMatch(expected, env, AbortSignal.timeout(limitMs))
    else this.#compareFiles(expected)
    if (expected.mlflow) this.#compareRun(expected.mlflow)
  }

  async #run(command: readonly string[], env: NodeJS.ProcessEnv, expected: Expected): Promise<Result> {
    const options = { cwd: this.#dir, env: { ...this.#env, ...env }, detached: true }
    const child = startProcess(this.#around.owner, command, options)
    child.stdin.end()
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), limitMs)
    try {
      if (expected.until) await this.#ready(child, expected, env)
      if (expected.until) process.kill(-child.pid, 'SIGINT') // as Ctrl-C in a terminal
      const { code, signal, stdout, stderr } = await child.exit
      if (command.at(-1)?.endsWith('&')) this.#background.push(child.pid)
      return { exit: signal ?? code, stdout, stderr }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves when a command has done what its note waits for. */
  async #ready(child: TestProcess, expected: Expected, env: NodeJS.ProcessEnv): Promise<void> {
    const { until, asks, appends = {} } = expected
    const ended = new AbortController()
    void child.exit.then(() => ended.abort())
    if (!(until instanceof RegExp)) return this.#filesMatch(expected, env, ended.signal)
    const lines = Object.entries(appends)
    const isOver = () => ended.signal.aborted || until.test(child.stdout.text)
    while (lines.length > 0 && !isOver()) {
      for (const [path, line] of lines) appendFileSync(join(this.#dir, path), `${line}\n`)
      await pause(appendMs)
    }
    await Promise.any([child.stdout.until(until), child.stderr.until(until)])
    if (!asks) return
    const [, address] = until.exec(child.stdout.text) ?? until.exec(child.stderr.text) ?? []
    await eventually(async () => {
      compare(asks.path, await answerOf(`${address}${asks.path}`), asks.answer)
    }, ended.signal)
  }

  /** Resolves when the files are as the note says. Sends requests to the server in the meantime. */
  async #filesMatch(expected: Expected, { PORT }: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
    await eventually(async () => {
      if (expected.serves) await answerOf(`http://127.0.0.1:${PORT}/`)
      this.#compareFiles(expected)
    }, signal)
  }

  #compareFiles({ leaves = {} }: Expected): void {
    for (const [path, content] of Object.entries(leaves)) {
      const found = matching(this.#dir, path)
      expectEqual({ [path]: found.length > 0 }, { [path]: content !== false })
      if (content !== false) for (const file of found) compare(path, readFileSync(file, 'latin1'), content)
    }
  }

  #compareRun(metric: string): void {
    const { run, runs } = this.#around.mlflow as MlflowServer
    const metrics = run.metrics.map(({ key }) => key)
    runs.clear()
    expectEqual(metrics, [metric])
  }

  #compareJson(text: string, { like }: Expected): void {
    const documents = jsonOf(text)
    if (!like) return
    const [file = like] = matching(this.#dir, like)
    expectEqual(fieldsOf(documents), fieldsOf(jsonOf(readFileSync(file, 'utf8'))))
  }
}
