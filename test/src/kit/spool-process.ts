/** Processes and containers that share a spool folder, and the spools that they leave there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { mlflowStream } from 'pino-mlflow'
import type { Test } from 'tap'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'
import { MlflowServer } from './mlflow-server.ts'
import { type Text, textOf, untilText } from './until-text.ts'

const program = fileURLToPath(new URL('./programs/spool-process.js', import.meta.url))
export const soleRank = { rank: 0, launcher: 'test' } as const

export interface SpoolProcess {
  child: ChildProcess
  said: Text
  /** Resolves when its output matches `wanted`. Rejects if the output ends first. */
  until(wanted: RegExp): Promise<void>
}

/** Starts the program, in a container of its own if a host name is given. */
export function start(t: Test, args: string[], host?: string): SpoolProcess {
  const container = ['unshare', '--pid', '--mount-proc', '--uts', '--fork', '--kill-child', 'sh', '-c']
  const inside = host ? [...container, `hostname ${host}; exec "$@"`, 'sh'] : []
  const [command = '', ...words] = [...inside, ...unhookedNode, program, ...args]
  const child = spawn(command, words, { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const said = textOf(child.stdout as Readable)
  return { child, said, until: (wanted) => untilText(said, wanted) }
}

/** Sends a signal to the only process of a container. */
export function signal({ child }: SpoolProcess, name: NodeJS.Signals): void {
  process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), name)
}

export async function kill({ child }: SpoolProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

export async function ended({ child, said }: SpoolProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  else await untilText(said, /$/)
  return said.text
}

export async function serve(t: Test): Promise<{ server: MlflowServer; spool: string }> {
  const server = await MlflowServer.start()
  t.teardown(() => server.stop())
  return { server, spool: join(t.testdir(), 'spool') }
}

/** Leaves a free spool of one run with these steps. */
export async function leave(server: MlflowServer, spool: string, steps: number[]): Promise<void> {
  const { mood } = server
  server.mood = 503
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank })
  for (const step of steps) stream.write(`${JSON.stringify({ time: 1_700_000_000_000, metrics: { a: step }, step })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  server.mood = mood
}

export function namesIn(spool: string): string[] {
  return readdirSync(spool).map((name) => join(spool, name))
}

/** Dates the spools as if they had not been renewed for an hour, or, with `isRenewed`, as if they were always renewed. */
export function age(spool: string, isRenewed = false): void {
  const time = Date.now() / 1000 + (isRenewed ? 3600 : -3600)
  for (const path of namesIn(spool)) utimesSync(path, time, time)
}

export function stepsOf({ metrics }: { metrics: { step: number }[] }): number[] {
  return metrics.map(({ step }) => step).sort((a, b) => a - b)
}

/** Skips tests that need containers where there are none. */
export const containers: { skip?: string } = (() => {
  try {
    execFileSync('unshare', ['--pid', '--mount-proc', '--uts', '--fork', 'true'], { stdio: 'ignore' })
    return {}
  } catch {
    return { skip: 'namespaces take root' }
  }
})()
