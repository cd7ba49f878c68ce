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

const suite = fileURLToPath(new URL('../', import.meta.url))
const venv = join(suite, '.venv')
const stamp = join(venv, 'requirements.sha256')
const requirements = join(suite, 'requirements.txt')

/** Oldest Python for which all of the requirements have wheels. */
const least = [3, 11]

/** Why the readers cannot be had here; undefined: they can. */
export function missing(): string | undefined {
  return existsSync(stamp) ? undefined : 'needs Python 3.11 with venv, and a registry of its packages'
}

/**
 * Makes the environment of the readers, once for each state of requirements.txt.
 *
 * @returns why it cannot be made here; undefined: it is there
 */
export function makeEnvironment(): string | undefined {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined
  const python = ['python3.13', 'python3.12', 'python3.11', 'python3'].find(isNewEnough)
  if (!python) return `no Python ${least.join('.')} or newer here`
  rmSync(venv, { recursive: true, force: true })
  try {
    execFileSync(python, ['-m', 'venv', venv], { stdio: 'inherit' })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
    execFileSync(tool('python'), pip, { stdio: 'inherit' })
  } catch (error) {
    return `the Python environment cannot be made: ${(error as Error).message.split('\n')[0]}`
  }
  writeFileSync(stamp, wanted)
  return undefined
}

function isNewEnough(command: string): boolean {
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${least.join(', ')}))`
  try {
    execFileSync(command, ['-c', check], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The path of a program of the environment. */
export function tool(name: string): string {
  return join(venv, 'bin', name)
}

/** What a program of the environment says, on stdout; its errors are in the error. */
export async function run(name: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { env: { ...cleanEnvironment(), ...env }, maxBuffer: 2 ** 28 }
  const { stdout } = await promisify(execFile)(tool(name), args, options)
  return stdout
}

/** What a judge says, in JSON. */
export async function judge<Verdict>(name: string, ...args: string[]): Promise<Verdict> {
  return JSON.parse(await run('python', [join(suite, 'judges', `${name}.py`), ...args]))
}

/** A server of the environment, which listens once it has said so. */
export class Server {
  readonly uri: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, uri: string) {
    this.#child = child
    this.uri = uri
  }

  /** @param said gives the server's address out of the line that tells it */
  static async start(name: string, args: string[], said: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Server> {
    const child = spawn(tool(name), args, {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const heard: string[] = []
    const uri = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr] as Readable[]) {
        createInterface(stream).on('line', (line) => {
          heard.push(line)
          const [, found] = said.exec(line) ?? []
          if (found) resolve(found)
        })
      }
      child.once('exit', (code) => reject(new Error(`${name} exits ${code}: ${heard.slice(-5).join('\n')}`)))
    })
    return new Server(child, uri)
  }

  /** With the processes that it has started. */
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
