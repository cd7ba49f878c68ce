import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { Given } from '../cli/index.ts'
import { InputError, readCount, readLabel } from '../cli/index.ts'
import { busyWindowMs, defaultWindowMs } from './run-window.ts'

/** The settings of `ranklog run`, as read from the command line. */
export interface RunSettings {
  command: readonly string[]
  perNode: number
  nodes: number
  nodeRank: number
  address: string
  port: number
  runId: string
  maxRestarts: number
  graceMs: number
  /** How long a line waits for earlier lines of other ranks, in ms. For ranks that hold lines back, up to `maxWindowMs`. */
  windowMs: number
  maxWindowMs: number
  logDir: string | undefined
  label: string | undefined
  raw: boolean
  json: boolean
}

/** Reads the options of `ranklog run`. @throws {InputError} */
export async function readRun({ options, paths }: Given, env: NodeJS.ProcessEnv): Promise<RunSettings> {
  if (paths.length === 0)
    throw new InputError('run: no program', 'name one, for example: ranklog run -n 8 node train.js')
  const text = (name: string) => options[name] as string | undefined
  const count = (name: string, fallback: number, min: number) => readCount(name, text(name), fallback, min)
  const nodes = count('nnodes', 1, 1)
  const nodeRank = count('node-rank', 0, 0)
  if (nodeRank >= nodes)
    throw new InputError(
      `--node-rank: expected a number below --nnodes (${nodes}), received ${nodeRank}`,
      'number the hosts from 0',
    )
  const runId = text('run-id') ?? env.RANKLOG_RUN_ID
  const master = text('master')
  if (nodes > 1 && (master === undefined || runId === undefined))
    throw new InputError(
      '--nnodes: several hosts need --master and --run-id',
      'give all hosts the same --master HOST:PORT and --run-id ID',
    )
  const [, address = '127.0.0.1', port] = /^(.*?)(?::(\d+))?$/.exec(master ?? '127.0.0.1') ?? []
  return {
    command: paths,
    perNode: count('nproc', 1, 1),
    nodes,
    nodeRank,
    address,
    port: port === undefined ? await freePort() : readCount('master', port, 29_500, 1),
    runId: runId ?? `run-${randomBytes(6).toString('hex')}`,
    maxRestarts: count('max-restarts', 0, 0),
    graceMs: 1000 * count('grace', 10, 0),
    windowMs: count('window', defaultWindowMs, 0),
    maxWindowMs: text('window') === undefined ? busyWindowMs : 0,
    logDir: text('log-dir'),
    label: readLabel(options.label),
    raw: options.raw === true,
    json: options.json === true,
  }
}

/** Returns a port on which no process listens now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
