/** Processes and containers that share a spool folder of pino-mlflow. */
import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { mlflowStream } from 'pino-mlflow'
import type { Test } from 'tap'
import { MlflowServer } from './mlflow-server.ts'
import { canRun } from './run-command.ts'
import { node, type ProcessOptions, pathOf, startProcess, type TestProcess } from './start-process.ts'

export const soleRank = { rank: 0, launcher: 'test' } as const

/** Starts programs/spool-process.ts. With `host` it runs in a container of that host name. */
export function startSpoolProcess(t: Test, args: string[], host?: string, options: ProcessOptions = {}): TestProcess {
  const container = ['unshare', '--pid', '--mount-proc', '--uts', '--fork', '--kill-child', 'sh', '-c']
  const inside = host ? [...container, `hostname ${host}; exec "$@"`, 'sh'] : []
  return startProcess(t, [...inside, ...node, pathOf('spool-process'), ...args], options)
}

/** Sends a signal to the only process of a container. */
export function signalInside({ pid }: TestProcess, name: NodeJS.Signals): void {
  process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')), name)
}

export async function startServer(t: Test): Promise<{ server: MlflowServer; spool: string }> {
  const server = await MlflowServer.start()
  t.teardown(() => server.stop())
  return { server, spool: join(t.testdir(), 'spool') }
}

/** Creates a spool that no process holds: the spool of a run with these steps, which the server refused. */
export async function leaveSpool(server: MlflowServer, spool: string, steps: number[]): Promise<void> {
  const { responseMode } = server
  server.responseMode = 503
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank })
  for (const step of steps) stream.write(`${JSON.stringify({ time: 1_700_000_000_000, metrics: { a: step }, step })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  server.responseMode = responseMode
}

export function namesIn(spool: string): string[] {
  return readdirSync(spool).map((name) => join(spool, name))
}

/** Sets the modification times of the spools: an hour ago, or, with `isRenewed`, in an hour. */
export function ageSpools(spool: string, isRenewed = false): void {
  const time = Date.now() / 1000 + (isRenewed ? 3600 : -3600)
  for (const path of namesIn(spool)) utimesSync(path, time, time)
}

/** Returns the steps of a run's metrics, in the order in which the server got them. */
export function stepsOf({ metrics }: { metrics: { step: number }[] }): number[] {
  return metrics.map(({ step }) => step)
}

/** Options of a test that needs containers. The test is skipped if this user cannot create one. */
export const containers: { skip?: string } = canRun('unshare', '--pid', '--mount-proc', '--uts', '--fork', 'true')
  ? {}
  : { skip: 'namespaces need root' }
