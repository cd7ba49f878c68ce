import { rmSync, writeFileSync } from 'node:fs'
import { constants, hostname } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { LiveMemory } from 'pino-rank-merge'
import type { Given, Io, Output } from '../cli/index.ts'
import { InputError } from '../cli/index.ts'
import { humanReadable, labelledLines } from '../terminal/index.ts'
import { causeLines } from './cause-text.ts'
import { exitCodeOf, type FirstCause, firstCause } from './first-cause.ts'
import { LogTee } from './log-tee.ts'
import { rankEnv } from './rank-env.ts'
import { RankJob } from './rank-job.ts'
import { loadOf, RankLoad } from './rank-load.ts'
import { logPaths, RankLog } from './rank-log.ts'
import type { RankEnd } from './rank-process.ts'
import { type RunSettings, readRun } from './read-run.ts'
import { runCollector } from './run-collector.ts'
import { createRunFolder } from './run-folder.ts'
import { type JobOutput, type OutputProgress, type RankOutput, runOutput } from './run-output.ts'
import { sentStreams } from './sent-streams.ts'
import { StopSignals } from './stop-signals.ts'
import { untilOutputEnds } from './until-output-ends.ts'

/**
 * Runs `ranklog run`: all ranks to their end, with restarts.
 *
 * @returns 0, the exit code of the rank that failed first, or 128 plus the number of the signal that ended the job
 */
export async function runJob(given: Given, io: Io): Promise<number> {
  const settings = await readRun(given, io.env)
  // saves memory: few objects live long here, so V8's young generation need not grow
  setFlagsFromString('--semi-space-growth-factor=1')
  // V8 optimises functions later than by default, because its compiler threads would take CPU time from the starting ranks
  setFlagsFromString('--interrupt-budget=540000')
  const stopSignals = new StopSignals()
  const folder = createRunFolder()
  try {
    for (let attempt = 0; ; attempt++) {
      const cause = await runAttempt(settings, attempt, folder, stopSignals, io)
      if (stopSignals.signal) return 128 + constants.signals[stopSignals.signal]
      if (!cause) return 0
      void (settings.json ? io.stderr.json([cause]) : io.stderr.lines(causeLines(cause)))
      if (attempt >= settings.maxRestarts) return exitCodeOf(cause)
      if (!settings.json)
        io.stderr.report(`ranklog run: restarting all ranks (${attempt + 1} of ${settings.maxRestarts})`)
    }
  } finally {
    stopSignals.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runAttempt(
  settings: RunSettings,
  attempt: number,
  folder: string,
  stopSignals: StopSignals,
  io: Io,
): Promise<FirstCause | undefined> {
  const { nodes, perNode, nodeRank, logDir, command, graceMs } = settings
  const first = nodeRank * perNode
  const ranks = Array.from({ length: perNode }, (_, at) => first + at)
  const errorFile = (rank: number) => join(folder, `${attempt}-${rank}.json`)
  const causeFile = join(folder, `${attempt}-cause.json`)
  const warn = (text: string) => io.stderr.report(`ranklog run: ${text}`)
  const pathOf = logPaths(logDir, attempt, nodes * perNode)
  const progress: OutputProgress = { bytesRead: 0, pendingWrites: 0 }
  const logs = ranks.map(
    (rank) => new RankLog(pathOf(rank), ({ message }) => warn(`${message}; its lines are still printed`)),
  )
  const outs = new Set<string | undefined>()
  const names = ranks.map(String)
  const isOurs = (out: string) => outs.has(out)
  const { runId: runKey } = settings
  const { collector, env } = await runCollector({ runKey, attempt, names, env: io.env, isOurs, warn })
  const envOf = (rank: number) => ({
    ...rankEnv(io.env, { ...settings, attempt }, rank - first, errorFile(rank)),
    ...env,
    RANKLOG_CAUSE_FILE: causeFile,
  })
  // flight recorders of the other ranks watch this file
  const onFirstFailure = ({ rank }: RankEnd) => writeFileSync(causeFile, JSON.stringify({ rank }))
  const onRefused = (rank: number, signal: NodeJS.Signals) =>
    warn(`rank ${rank}, or a process that it started, belongs to another user and cannot be sent ${signal}`)
  const entry = `RANKLOG_CAUSE_FILE=${causeFile}` // unique, because only this run uses its folder
  const started = performance.now()
  const memory = new LiveMemory()
  const envs = ranks.map(envOf)
  const job = new RankJob({ command, envs, first, graceMs, folder, entry, memory, onFirstFailure, onRefused })
  for (const { out } of job.ranks) outs.add(out)
  stopSignals.watch(job)
  const teeAll = (streams: readonly AsyncIterable<Uint8Array>[]) =>
    streams.map((stream, at) => new LogTee(stream, () => logs[at] as RankLog, progress, settings.windowMs))
  const jobOutput: JobOutput = {
    stdout: teeAll(job.ranks.map(({ stdout }) => stdout)),
    stderr: teeAll(job.ranks.map(({ stderr }) => stderr)),
    sent: sentStreams(collector, (name) => logs[Number(name) - first] as RankLog, progress, settings.windowMs),
    sentNames: collector.names,
    onSentNamed: (named) => {
      collector.onNamed = named
    },
    ackWritten: (bytes, from) => collector.ackWritten(bytes, from),
    writeModes: job.ranks.map(({ writeModes }) => writeModes),
    memory,
    loads: new Map(job.ranks.map(({ rank, pid }) => [`${rank}`, new RankLoad(() => loadOf(pid))])),
  }
  const stdout = await rankOutput(settings, io.stdout, io.env)
  const stderr = io.stderr === io.stdout ? stdout : await rankOutput(settings, io.stderr, io.env)
  const { windowMs, maxWindowMs } = settings
  const output = runOutput(names, jobOutput, { stdout, stderr, windowMs, maxWindowMs, progress, warn })
  output.catch(() => {}) // it is awaited below; an unhandled rejection would end the process
  try {
    const ends = await job.ended
    collector.end()
    await untilOutputEnds(output, progress)
    for (const rank of job.ranks) rank.destroy()
    collector.destroy()
    await output
    const lastLines = (rank: number) => (logs[rank - first] as RankLog).lastLines()
    return firstCause({ attempt, host: hostname(), started, ends, errorFile, lastLines })
  } catch (error) {
    job.stop('SIGKILL', true)
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new InputError(`run: ${command[0]}: no such program`, 'check its name')
    if (code === 'EACCES')
      throw new InputError(
        `run: ${command[0]}: not an executable program`,
        'give a program that you may run, for example node train.js',
      )
    throw error
  } finally {
    collector.destroy()
    await Promise.all(logs.map((log) => log.close()))
  }
}

/**
 * Returns how lines are written to stdout or stderr. To a file or a pipe they are written unchanged, or with the user's label.
 * On a terminal they are made readable, and control characters are escaped.
 */
async function rankOutput(
  { label: template, raw }: RunSettings,
  output: Output,
  env: NodeJS.ProcessEnv,
): Promise<RankOutput> {
  const isTerminal = output.isTTY && !raw
  const common = { output, showsBar: isTerminal }
  if (template !== undefined)
    return { ...common, decorate: (names) => labelledLines(template, names, names.map(hostname), isTerminal) }
  return { ...common, decorate: isTerminal ? await humanReadable(output, env) : undefined }
}
