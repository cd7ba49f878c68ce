import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { barrierRounds, peerOf } from './barrier.ts'
import { modeOf, writersOf } from './modes.ts'
import { closePipes, makePipes, type Pipe } from './pipes.ts'
import type { RankJob, RankReport } from './rank-job.ts'
import { type OnDisk, readBack } from './read-back.ts'
import { superviseRanks } from './supervise.ts'

/** A job: what all its ranks do, and where. */
export interface Job extends Omit<RankJob, 'rank' | 'folder'> {
  /** A folder on the disk under test. */
  dir: string
  /** A folder in memory that only this process uses. */
  scratch: string
  /** For tests: called with the PIDs of the ranks, in the order of their ranks, when all have started. */
  onStart?: (pids: number[]) => void
}

/** The result of a job. */
export interface JobSample extends OnDisk {
  reports: RankReport[]
  /** Number of lines that the ranks logged, with those of the warm-up. */
  logged: number
  /** The first line that each rank wrote to stderr. Ranks that wrote nothing have no entry. */
  messages: string[]
}

const program = fileURLToPath(new URL('./rank-program.js', import.meta.url))

/** Number of jobs that this process has started. Makes the run ID of each job unique. */
let jobCount = 0

const running = new Set<ChildProcess>()

/** Makes sure that a child process does not outlive this one. */
function killAtExit(child: ChildProcess): ChildProcess {
  if (running.size === 0) process.prependListener('exit', killRunning) // before the folder is removed
  running.add(child)
  child.once('close', () => {
    running.delete(child)
    if (running.size === 0) process.off('exit', killRunning)
  })
  return child
}

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

/**
 * Runs a job, reads its files back and removes them.
 *
 * @throws {Error} that names the rank which ended too early
 * @throws the reason of `signal`, if it is aborted
 */
export async function runJob(job: Job, signal: AbortSignal): Promise<JobSample> {
  signal.throwIfAborted()
  const { dir, scratch, onStart, ...common } = job
  const mode = modeOf(job.mode)
  const folder = join(dir, 'job')
  mkdirSync(folder)
  try {
    const rounds = barrierRounds(job.ranks)
    const pipes = makePipes(job.ranks * rounds, scratch)
    const stdout = mode.usesStdout ? openStdout(folder, scratch) : undefined
    const runId = `bench-${process.pid}-${jobCount++}`
    const children = Array.from({ length: job.ranks }, (_, rank) => {
      const own = pipesOf(pipes, rank, job.ranks, rounds)
      const child = fork(program, [], {
        env: { ...environmentOf(scratch), ...torchrunEnv(rank, { worldSize: job.ranks, runId }) },
        execArgv: [],
        serialization: 'advanced', // JSON has no NaN and no arrays of numbers
        stdio: ['ignore', stdout?.pipe.write ?? 'ignore', 'pipe', 'ipc', ...own],
      })
      child.send({ ...common, rank, folder } satisfies RankJob, () => {}) // if a rank has already ended, superviseRanks reports it
      return killAtExit(child)
    })
    closePipes(pipes)
    if (stdout) closePipes([stdout.pipe])
    onStart?.(children.map(({ pid }) => pid as number))
    const supervised = await superviseRanks(children, job.mode, signal)
    await stdout?.copied
    const steps = supervised.reports[0]?.allSteps ?? 0
    const onDisk = readBack(folder, { ranks: job.ranks, steps, lines: job.lines, lineBytes: job.lineBytes })
    const logged = mode.isSink ? 0 : writersOf(mode, job.ranks) * steps * job.lines
    return { ...supervised, ...onDisk, logged }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns the descriptors for a rank's {@link Barrier}: those that it reads, then those that it writes. */
function pipesOf(pipes: readonly Pipe[], rank: number, ranks: number, rounds: number): number[] {
  const at = (rank: number, round: number) => pipes[rank * rounds + round] as Pipe
  const each = Array.from({ length: rounds }, (_, round) => round)
  return [
    ...each.map((round) => at(rank, round).read),
    ...each.map((round) => at(peerOf(rank, round, ranks), round).write),
  ]
}

/** Opens one pipe for all ranks, with a reader that copies it to a file, like a launcher or a container run-time. */
function openStdout(folder: string, scratch: string): { pipe: Pipe; copied: Promise<unknown> } {
  const [pipe] = makePipes(1, scratch) as [Pipe]
  const file = openSync(join(folder, 'job.log'), 'a')
  const reader = killAtExit(spawn('cat', { stdio: [pipe.read, file, 'ignore'] }))
  closeSync(file)
  const copied = once(reader, 'close')
  copied.catch(() => {}) // runJob awaits it, but not if the job fails before; an unhandled rejection would end the process
  return { pipe, copied }
}

/**
 * Returns the environment of a rank. It has nothing that could change a figure, and no variable of a launcher that started
 * the benchmark.
 */
function environmentOf(scratch: string): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env
  return { PATH, LD_LIBRARY_PATH, RANKLOG_SOCKET_DIR: scratch }
}
