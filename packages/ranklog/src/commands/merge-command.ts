import { writeAllAsync } from 'pino-rank-file/write-all'
import type { Command, Given, Io } from '../cli/index.ts'
import { InputError, levelLabels, readCount, readLabel, readLevel, readRanks, readTime } from '../cli/index.ts'
import {
  findLogs,
  InputFiles,
  type LogSource,
  mergeFiles,
  mergeMark,
  openOutput,
  outputTarget,
  selectSources,
} from '../files/index.ts'
import { Progress } from '../terminal/index.ts'
import { type Decorations, namesOf, wayOf } from './decorations.ts'
import { mergeDecorated } from './merge-decorated.ts'

export const mergeCommand: Command = {
  name: 'merge',
  usage: '[OPTIONS] PATH...',
  about: 'the logs of many ranks as one, in the order of time',
  options: {
    output: { value: 'FILE', short: 'o', about: 'where to, outside of the folders that are read; stdout otherwise' },
    force: { about: 'allow --output there: the file gets a mark, and merge, tail and status skip it' },
    dedup: { about: 'what several ranks say in the same words stands once, with "ranks"' },
    within: { value: 'MS', about: 'how far apart that may be, for --dedup (default: 1000)' },
    reduce: {
      value: 'step',
      about: 'the metrics of a step of all ranks become one record: mean, min, max, sum, count',
      values: ['step'],
    },
    since: { value: 'TIME', about: 'nothing before this: ISO, ms since 1970, or 10m, 2h, 1d ago' },
    until: { value: 'TIME', about: 'nothing from this on' },
    level: {
      value: 'LEVEL',
      about: 'nothing below this level',
      values: levelLabels,
    },
    ranks: { value: 'RANKS', about: "these ranks only: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0" },
    label: {
      value: 'TEXT',
      about: 'before each line, e.g. "[{rank}] " or "{host}:{rank} "; the lines are no JSON then',
    },
    pretty: { about: 'for people, by pino-pretty, with the rank before each line' },
    time: { value: 'NAME', about: 'the name of the time in a line; dots lead into objects (default: time)' },
    memory: { value: 'MIB', about: 'memory for the merge, in MiB (default: 32)' },
    help: { short: 'h', about: 'this text' },
  },
  examples: [
    ['ranklog merge logs/ -o all.log', 'all ranks of a run, rotated files and attempts too'],
    ['ranklog merge logs/ --level warn --since 2h --label "[{rank}] "', 'what went wrong lately'],
    ['ranklog merge logs/ --dedup', 'the same start-up record of 64 ranks once'],
    ['ranklog merge logs/ --reduce step | jq .mean', 'mean metrics of all ranks'],
    ["ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'", 'quoted globs are ours to look up'],
  ],
  async run({ options, paths }, io) {
    if (paths.length === 0) throw new InputError('merge: no path', 'name a folder, files or globs: ranklog merge logs/')
    const ranks = readRanks(options.ranks)
    const found = await findLogs(paths)
    const sources = ranks ? selectSources(found.sources, ranks) : found.sources
    if (sources.length === 0) throw new InputError('merge: no such rank in these logs', 'look at --ranks')
    const { decorate, dedup } = await wayOf(readDecorations(options, sources))
    const maxBytes = readCount('memory', options.memory, 32, 8) * 2 ** 20
    const target = outputTarget(options.output as string | undefined, { ...found, paths }, options.force === true)
    const inputs = sources.map(({ files }) => new InputFiles(files))
    const output = openOutput(target)
    const progress = Progress.over(sources, io.stderr)
    const settings = {
      timeKey: options.time as string | undefined,
      maxBytes,
      progress: (bytes: number) => progress.at(bytes),
    }
    try {
      if (options.force && typeof target === 'string') await writeAllAsync(output.fd, mergeMark)
      await (decorate
        ? mergeDecorated(inputs, output.fd, decorate, settings)
        : mergeFiles(inputs, output.fd, { ...settings, dedup }))
      progress.end()
      await output.keep()
    } catch (error) {
      progress.end()
      const left = output.discard()
      if (left !== undefined && error instanceof Error) error.message += `; ${left}`
      throw error
    }
    return report(inputs, found.marked, io)
  },
}

function readDecorations(options: Given['options'], sources: readonly LogSource[]): Decorations {
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
function report(inputs: readonly InputFiles[], marked: readonly string[], { stderr }: Io): number {
  const tell = (what: string) => stderr.write(`ranklog merge: ${what}\n`)
  for (const path of marked) tell(`${path}: written by ranklog merge --force; it is skipped`)
  const failures = inputs.flatMap((input) => input.failures)
  for (const { path, error, isPartial } of failures)
    tell(`${path}: ${error.message}; ${isPartial ? 'the rest of it' : 'it'} is left out`)
  const unfinished = inputs.reduce((sum, input) => sum + input.unfinished, 0)
  if (unfinished > 0)
    tell(`${unfinished} ${unfinished === 1 ? 'file ends' : 'files end'} within a line: it was given its newline`)
  return failures.length > 0 || unfinished > 0 ? 1 : 0
}
