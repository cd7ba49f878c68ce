import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface NodeRun {
  pid: number
  stdout: NodeJS.ReadableStream
  /** Resolves when the process and all other processes with its stdout have ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

export interface NodeRunOptions {
  args?: string[]
  cwd?: string
  env?: Record<string, string>
  /** True makes the process the leader of a group, to which a test can send signals as a terminal does. */
  detached?: boolean
}

/**
 * Starts a script of this package, by its path in `dist`, or any script by its URL. Its environment has no variable of a test runner
 * or a launcher. tap hooks into `spawn` to add its own, so the script is started by `env -i`.
 */
export function runNode(script: string, { args = [], cwd, env = {}, detached = false }: NodeRunOptions = {}): NodeRun {
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env
  const variables = Object.entries({ PATH, HOME, TMPDIR, ...env }).map(([name, value]) => `${name}=${value}`)
  const path = fileURLToPath(new URL(script, new URL('..', import.meta.url)))
  const child = spawn('env', ['-i', ...variables, process.execPath, path, ...args], {
    cwd,
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const ended = texts.then(([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr }))
  return { pid: child.pid as number, stdout: child.stdout, ended }
}

/** The command line of ranklog, for `runNode`. */
export const ranklog: string = new URL('../../bin/ranklog.js', import.meta.resolve('ranklog')).href

/** Resolves when a program has printed a line. @throws {Error} if it ends before */
export async function printsLine({ stdout, ended }: NodeRun, line: string): Promise<void> {
  let text = ''
  const printed = new Promise<void>((resolve) => {
    stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes(`${line}\n`)) resolve()
    })
  })
  await Promise.race([printed, ended.then(async ({ stderr }) => Promise.reject(new Error(stderr)))])
}

/** Reports whether a process with this id still runs. */
export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Returns the records of an NDJSON text. @throws if a line is not JSON */
export function records(ndjson: string): Record<string, unknown>[] {
  return ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Returns the process ids that the ranks of a program of this folder have printed. */
export function pidsIn(stdout: string): number[] {
  return [...stdout.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid))
}

/** Returns the files that a job has not removed, without the folder of the collector's sockets, which stays. */
export function remainingFiles(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter(
    (name) => name !== `ranklog-${process.getuid?.()}`,
  )
}

/** Resolves when `count` ranks have printed their process ids. */
export async function waitForRanks(stdout: NodeJS.ReadableStream, count: number): Promise<void> {
  let text = ''
  await new Promise<void>((resolve) => {
    stdout.on('data', (chunk) => {
      text += chunk
      if (pidsIn(text).length === count) resolve()
    })
  })
}
