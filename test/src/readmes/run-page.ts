/** Runs the blocks of a README in order, in an empty folder. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import { checkAsync, expectEqual } from '../kit/checks.ts'
import type { MlflowServer } from '../kit/mlflow-server.ts'
import { node, type Owner, startProcess } from '../kit/start-process.ts'
import { compare, fieldsOf, jsonOf, matching } from './content.ts'
import { type Expected, mlflowUri } from './expected.ts'
import { type PageNotes, planOf, type Step } from './plan.ts'

/** The longest time for a command, in ms. */
const limitMs = 120_000

export interface Surroundings {
  owner: Owner
  root: string
  registry: { url: string; folder: string }
  mlflow: MlflowServer
}

interface Output {
  exit: number | NodeJS.Signals | null
  stdout: string
  stderr: string
}

/**
 * Runs a page in `dir`, and checks each step.
 * @param page the path of the page in the repository
 * @returns the paths of the page's programs in `dir`
 */
export async function runPage(page: string, notes: PageNotes, dir: string, around: Surroundings): Promise<string[]> {
  const text = readFileSync(join(around.root, page), 'utf8')
  const app = new App(dir, around)
  let steps: Step[] = []
  await checkAsync(`${page}: setup, and a way to run each block`, async () => {
    steps = planOf(text, notes)
    await app.prepare(text, notes)
  })
  for (const step of steps) await checkAsync(`${page}:${step.line}: ${step.name}`, () => app.take(step))
  const programs = steps.filter(({ action }) => action === 'run' || action === 'save')
  for (const { name, text } of programs) app.write(name, text)
  return programs.map(({ name }) => join(dir, name))
}

class App {
  readonly #dir: string
  readonly #around: Surroundings
  readonly #env: NodeJS.ProcessEnv

  constructor(dir: string, around: Surroundings) {
    this.#dir = dir
    this.#around = around
    const prefix = join(dir, '.global')
    this.#env = {
      PATH: [join(prefix, 'bin'), process.env.PATH].join(delimiter),
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

  /** Runs the commands and copies the files that the prose of the page asks for. */
  async prepare(page: string, { says = [], copies }: PageNotes): Promise<void> {
    for (const { words, command } of says) {
      if (!page.replaceAll('\n', ' ').includes(words)) throw new Error(`the page no longer says "${words}"`)
      const { exit, stderr } = await this.#run(['bash', '-c', command], { CLONE: this.#around.registry.folder })
      if (exit !== 0) throw new Error(stderr)
    }
    for (const name of copies?.names ?? []) {
      cpSync(join(this.#around.root, copies?.from ?? '', name), join(this.#dir, name), { recursive: true })
    }
  }

  async take({ action, name, text, expected }: Step): Promise<void> {
    const { ending = '' } = expected
    if (action === 'parse') this.#compareJson(text, expected)
    else if (action === 'command') await this.#check(['bash', '-c', text], { reports: /^/, ...expected })
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
    writeFileSync(file, text.replaceAll(mlflowUri, this.#around.mlflow.uri))
  }

  async #check(command: readonly string[], expected: Expected): Promise<void> {
    const { ranks = [undefined], worldSize = 1, env = {}, until, exit = 0, reports = /^$/, prints, leaves } = expected
    const outputs: Output[] = []
    for (const rank of ranks) {
      const launched = rank === undefined ? {} : torchrunEnv(rank, { worldSize, runId: 'job-7' })
      outputs.push(await this.#run(command, { ...launched, ...env }, until))
    }
    const stdout = outputs.map((output) => output.stdout).join('')
    const stderr = outputs.map((output) => output.stderr).join('')
    for (const output of outputs) expectEqual([output.exit, stderr], [exit, stderr])
    compare('stderr', stderr, reports)
    if (prints) compare('stdout', stdout, prints)
    this.#compareFiles(leaves ?? {})
    if (expected.mlflow) this.#compareRun(expected.mlflow)
  }

  async #run(command: readonly string[], env: NodeJS.ProcessEnv, until?: RegExp): Promise<Output> {
    const options = { cwd: this.#dir, env: { ...this.#env, ...env }, detached: true }
    const child = startProcess(this.#around.owner, command, options)
    child.stdin.end()
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), limitMs)
    try {
      if (until) await child.stdout.until(until)
      if (until) process.kill(-child.pid, 'SIGINT') // as Ctrl-C in a terminal
      const { code, signal, stdout, stderr } = await child.exit
      return { exit: signal ?? code, stdout, stderr }
    } finally {
      clearTimeout(timer)
    }
  }

  #compareFiles(leaves: NonNullable<Expected['leaves']>): void {
    for (const [path, content] of Object.entries(leaves)) {
      const found = matching(this.#dir, path)
      expectEqual({ [path]: found.length > 0 }, { [path]: content !== false })
      if (content !== false) for (const file of found) compare(path, readFileSync(file, 'latin1'), content)
    }
  }

  #compareRun(metric: string): void {
    const { run, runs } = this.#around.mlflow
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
