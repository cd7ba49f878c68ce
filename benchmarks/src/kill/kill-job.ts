import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { type Checkpoint, readCheckpoint } from '../../../examples/ddp-trainer/dist/checkpoints/checkpoint-file.js'

/** Number of epochs of the fit. Each has 13 batches of a rank, and so 7 steps. */
export const epochs = 4
export const totalSteps: number = 7 * epochs
export const stepsBetweenSaves = 3

/** The files of the fit, in its folder. */
export const paths = { folder: 'checkpoints', end: 'end.ckpt', rows: 'rows.ndjson' }

export const victims = ['rank 0', 'rank 1', 'parent'] as const

/** When a process of the job is killed. */
export interface Kill {
  victim: (typeof victims)[number]
  /** A line that the fit prints, such as `step 7` or `save`. */
  line: string
  /** How many times the line must be printed. */
  times: number
  /** Time in ms between the line and the kill. */
  delayMs: number
}

/** The end of a job. */
export interface Ended {
  code: number | null
  stderr: string
  /** Time from the kill to the end of the last process, in ms. Undefined if the job ended before the kill. */
  afterKillMs: number | undefined
}

const program = fileURLToPath(new URL('./kill-fit.js', import.meta.url))
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs the fit in a folder, and kills one of its processes. Resolves when all its processes have ended. */
export async function runFit(cwd: string, kill?: Kill): Promise<Ended> {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [program], { cwd, env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const pids = new Map<string, number>([['parent', child.pid as number]])
  let times = 0
  let killedAt: number | undefined
  let timer: NodeJS.Timeout | undefined
  const killVictim = ({ victim }: Kill) => {
    killedAt = performance.now()
    process.kill(pids.get(victim) as number, 'SIGKILL')
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, rank, pid] = /^(rank \d) (\d+)$/.exec(line) ?? []
    if (rank !== undefined) pids.set(rank, Number(pid))
    if (!kill || line !== kill.line || ++times !== kill.times) return
    if (kill.delayMs < 1) killVictim(kill)
    else timer = setTimeout(killVictim, kill.delayMs, kill)
  })
  child.once('exit', () => {
    if (killedAt === undefined) clearTimeout(timer)
  })
  const [code] = await once(child, 'close') // all processes of the job have closed stdout
  running.delete(child)
  return { code, stderr, afterKillMs: killedAt === undefined ? undefined : performance.now() - killedAt }
}

/** Reads all checkpoints of a fit. Returns the errors of those that cannot be read. */
export async function damaged(cwd: string): Promise<string[]> {
  const folder = join(cwd, paths.folder)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ckpt')) : []
  const reads = await Promise.allSettled(names.map((name) => readCheckpoint(join(folder, name), 0)))
  return reads.flatMap((read) => (read.status === 'rejected' ? [String(read.reason)] : []))
}

/** Reports whether a checkpoint was not completely written. */
export function hasTemporary(cwd: string): boolean {
  const folder = join(cwd, paths.folder)
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.tmp'))
}

/** The result of a fit: its last checkpoint, the names of the kept ones, and its rows without repetitions. */
export interface FitResult {
  end: Checkpoint
  kept: string[]
  rows: string[]
}

export async function resultOf(cwd: string): Promise<FitResult> {
  const { checkpoint: end } = await readCheckpoint(join(cwd, paths.end), 0)
  const kept = readdirSync(join(cwd, paths.folder)).filter((name) => name.endsWith('.ckpt'))
  const rows = new Set(readFileSync(join(cwd, paths.rows), 'utf8').trimEnd().split('\n'))
  return { end, kept: kept.sort(), rows: [...rows].sort() }
}

/** Returns what differs between two fits, or undefined. Rows that a resumed fit writes again count once, if they are the same. */
export function differenceOf(found: FitResult, expected: FitResult): string | undefined {
  if (!isDeepStrictEqual(found.end, expected.end)) {
    const fields = Object.keys(expected.end).filter(
      (field) => !isDeepStrictEqual(found.end[field], expected.end[field]),
    )
    return `the last checkpoint differs in ${fields.join(', ')}`
  }
  const missing = expected.rows.filter((row) => !found.rows.includes(row))
  const added = found.rows.filter((row) => !expected.rows.includes(row))
  if (missing.length + added.length > 0) return `rows differ; missing: ${missing[0]}, added: ${added[0]}`
  if (!found.kept.every((name) => expected.kept.includes(name)))
    return `the kept checkpoints are ${found.kept.join(', ')}`
  return undefined
}
