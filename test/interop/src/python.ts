import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cleanEnvironment } from '../../dist/kit/start-process.js'
import { cacheFolder } from './cache-folder.ts'

const suite = fileURLToPath(new URL('../', import.meta.url))
/** The oldest Python for which all requirements have wheels. */
const minVersion = [3, 11]

/** A Python environment of this suite. */
export interface Environment {
  folder: string
  requirements: string
}

const readers: Environment = { folder: join(suite, '.venv'), requirements: join(suite, 'requirements.txt') }

/** PyTorch, which brings torchrun. It is so large that other clones use it too. */
export const torch: Environment = {
  folder: join(cacheFolder(), 'torch'),
  requirements: join(suite, 'requirements-torch.txt'),
}

const stampOf = ({ folder }: Environment) => join(folder, 'requirements.sha256')

/** Returns the reason why an environment is missing, or undefined. @param environment is that of the readers by default */
export function missing(environment: Environment = readers): string | undefined {
  return existsSync(stampOf(environment)) ? undefined : 'needs Python 3.11 with venv, and a registry of its packages'
}

/**
 * Creates an environment, again only after its requirements have changed.
 *
 * @returns the reason why it cannot be created, or undefined
 */
export function makeEnvironment(environment: Environment = readers): string | undefined {
  const { folder, requirements } = environment
  const stamp = stampOf(environment)
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined
  const python = ['python3.13', 'python3.12', 'python3.11', 'python3'].find(isNewEnough)
  if (!python) return `Python ${minVersion.join('.')} or newer is not installed`
  rmSync(folder, { recursive: true, force: true })
  try {
    execFileSync(python, ['-m', 'venv', folder], { stdio: 'inherit' })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
    execFileSync(tool('python', environment), pip, { stdio: 'inherit' })
  } catch (error) {
    return `the Python environment cannot be created: ${(error as Error).message.split('\n')[0]}`
  }
  writeFileSync(stamp, wanted)
  return undefined
}

function isNewEnough(command: string): boolean {
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${minVersion.join(', ')}))`
  try {
    execFileSync(command, ['-c', check], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Returns the path of a program in an environment. */
export function tool(name: string, { folder }: Environment = readers): string {
  return join(folder, 'bin', name)
}

/** Runs a program of the readers' environment, and returns its stdout. @throws {Error} with its stderr if it fails */
export async function run(name: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { env: { ...cleanEnvironment(), ...env }, maxBuffer: 2 ** 28 }
  const { stdout } = await promisify(execFile)(tool(name), args, options)
  return stdout
}

/** Runs a program of the folder `judges`, and returns the JSON that it prints. */
export async function judge<Verdict>(name: string, ...args: string[]): Promise<Verdict> {
  return JSON.parse(await run('python', [join(suite, 'judges', `${name}.py`), ...args]))
}

/** A running server of the readers' environment. */
export class Server {
  readonly uri: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, uri: string) {
    this.#child = child
    this.uri = uri
  }

  /** Starts a server. @param address matches the line that the server prints when it listens, with its address as a group */
  static async start(name: string, args: string[], address: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Server> {
    const child = spawn(tool(name), args, {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const lines: string[] = []
    const uri = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr] as Readable[]) {
        createInterface(stream).on('line', (line) => {
          lines.push(line)
          const [, found] = address.exec(line) ?? []
          if (found) resolve(found)
        })
      }
      child.once('exit', (code) => reject(new Error(`${name} exits ${code}: ${lines.slice(-5).join('\n')}`)))
    })
    return new Server(child, uri)
  }

  /** Kills the server and the processes that it has started. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    process.kill(-(this.#child.pid as number), 'SIGKILL')
    await exited
  }

  async json<Answer>(path: string, body?: object): Promise<Answer> {
    const init = body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await fetch(this.uri + path, init)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
}
