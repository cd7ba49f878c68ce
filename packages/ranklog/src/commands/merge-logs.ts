import { closeSync, constants, openSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'
import { writeAllAsync } from 'pino-rank-lines/system'
import type { Given, Io } from '../cli/index.ts'
import { InputError, readCount, readLabel, readLevel, readRanks, readTime } from '../cli/index.ts'
import {
  type FoundLogs,
  findLogs,
  InputFiles,
  type LogSource,
  type MergeFilesStats,
  mergeFiles,
  mergeMark,
  openOutput,
  outputTarget,
  type SourceTimes,
  selectSources,
  TimeNames,
  timeReports,
} from '../files/index.ts'
import { Progress } from '../terminal/index.ts'
import { type Decorations, namesOf, pipelineOf } from './decorations.ts'
import { mergeDecorated } from './merge-decorated.ts'

/** Runs `ranklog merge`. @returns the exit code @throws {InputError} */
export async function mergeLogs({ options, paths }: Given, io: Io): Promise<number> {
  if (paths.length === 0) throw new InputError('merge: no path', 'give folders, files or globs: ranklog merge logs/')
  const ranks = readRanks(options.ranks)
  const found = await findLogs(paths)
  const sources = ranks ? selectSources(found.sources, ranks) : found.sources
  if (sources.length === 0) throw new InputError('merge: no such rank in these logs', 'check --ranks')
  const names = new TimeNames((options.time as string[] | undefined) ?? [])
  names.check(sources)
  const maxBytes = readCount('memory', options.memory, 32, 8) * 2 ** 20
  const target = outputTarget(options.output as string | undefined, { ...found, paths }, options.force === true)
  const isTerminal = isTerminalAt(target)
  const { decorate, dedup } = await pipelineOf({ ...readDecorations(options, sources), isTerminal })
  const inputs = sources.map(({ files, isStream }) => new InputFiles(files, isStream))
  const output = openOutput(target)
  const progress = isTerminal ? undefined : Progress.of(sources, io.stderr)
  const settings = {
    timeKey: (source: number) => names.of(sources[source] as LogSource),
    maxBytes,
    progress: (bytes: number) => progress?.at(bytes),
  }
  let stats: MergeFilesStats
  try {
    if (options.force && typeof target === 'string') await writeAllAsync(output.fd, mergeMark)
    stats = await (decorate
      ? mergeDecorated(inputs, output.fd, decorate, settings)
      : mergeFiles(inputs, output.fd, { ...settings, dedup }))
    progress?.end()
    await output.commit()
  } catch (error) {
    progress?.end()
    const fileState = output.discard()
    if (fileState !== undefined && error instanceof Error) error.message += `; ${fileState}`
    throw error
  }
  const read = sources.flatMap((source, at): SourceTimes[] => {
    const times = stats.times[at] as MergeFilesStats['times'][number]
    return inputs[at]?.bytes ? [{ source, name: names.of(source), ...times }] : []
  })
  for (const text of timeReports(read, 'its lines are written before all others'))
    io.stderr.report(`ranklog merge: ${text}`)
  return report(inputs, found, io)
}

/** Reports whether a terminal shows what is written to a descriptor or path. */
function isTerminalAt(target: string | number): boolean {
  if (typeof target === 'number') return isatty(target)
  if (!statSync(target, { throwIfNoEntry: false })?.isCharacterDevice()) return false
  const { O_WRONLY, O_NOCTTY = 0, O_NONBLOCK = 0 } = constants
  try {
    const fd = openSync(target, O_WRONLY | O_NOCTTY | O_NONBLOCK)
    const isTerminal = isatty(fd)
    closeSync(fd)
    return isTerminal
  } catch {
    return false // the error is reported when the output is opened
  }
}

function readDecorations(options: Given['options'], sources: readonly LogSource[]): Omit<Decorations, 'isTerminal'> {
  const now = Date.now()
  if (options.reduce !== undefined && options.reduce !== 'step')
    throw new InputError(`--reduce: "${options.reduce}" is no field`, 'write --reduce step')
  return {
    names: namesOf(sources),
    hosts: sources.map(({ host }) => host),
    dedup: options.dedup === true,
    withinMs: readCount('within', options.within, 1000, 0),
    reduce: options.reduce !== undefined,
    since: typeof options.since === 'string' ? readTime('since', options.since, now) : undefined,
    until: typeof options.until === 'string' ? readTime('until', options.until, now) : undefined,
    level: typeof options.level === 'string' ? readLevel(options.level) : undefined,
    label: readLabel(options.label),
    pretty: options.pretty === true,
  }
}

/** Reports on stderr what was not read, or only in part. @returns the exit code: 1 if something is missing */
function report(inputs: readonly InputFiles[], { marked, problems }: FoundLogs, { stderr }: Io): number {
  const warn = (what: string) => stderr.report(`ranklog merge: ${what}`)
  for (const problem of problems) warn(problem)
  for (const path of marked) warn(`${path}: written by ranklog merge --force; it is skipped`)
  const failures = inputs.flatMap((input) => input.failures)
  for (const { path, error, isPartial } of failures)
    warn(
      `${path}: ${error.message}; ${isPartial ? 'what comes before that is printed, and more may be missing' : 'it is left out'}`,
    )
  const unfinished = inputs.reduce((sum, input) => sum + input.unfinished, 0)
  if (unfinished > 0)
    warn(`${unfinished} ${unfinished === 1 ? 'file ends' : 'files end'} within a line: it was given its newline`)
  return failures.length + problems.length > 0 || unfinished > 0 ? 1 : 0
}
