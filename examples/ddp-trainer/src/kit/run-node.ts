import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface NodeRun {
  pid: number
  stdout: NodeJS.ReadableStream
  /** Resolves when it and all that hold its stdout have ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

export interface NodeRunOptions {
  args?: string[]
  cwd?: string
  env?: Record<string, string>
}

/** Starts a compiled script of this folder, or one by its URL, in an environment that holds no test runner (not even as a hook of spawn) and no launcher. */
export function runNode(script: string, { args = [], cwd, env = {} }: NodeRunOptions = {}): NodeRun {
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env
  const variables = Object.entries({ PATH, HOME, TMPDIR, ...env }).map(([name, value]) => `${name}=${value}`)
  const path = fileURLToPath(new URL(script, new URL('..', import.meta.url)))
  const child = spawn('env', ['-i', ...variables, process.execPath, path, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const ended = texts.then(([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr }))
  return { pid: child.pid as number, stdout: child.stdout, ended }
}

/** Whether a process of this id still runs. */
export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The records of an NDJSON text; throws at a line that is none. */
export function records(ndjson: string): Record<string, unknown>[] {
  return ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
