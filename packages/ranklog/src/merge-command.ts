import type { Command, Given, Io } from './command.ts'
import { type Decorations, namesOf, wayOf } from './decorations.ts'
import { findSources, type LogSource } from './find-sources.ts'
import { InputError } from './input-error.ts'
import { InputFiles } from './input-file.ts'
import { mergeDecorated } from './merge-decorated.ts'
import { mergeFiles } from './merge-files.ts'
import { openOutput } from './output-file.ts'
import { Progress } from './progress.ts'
import { readCount, readLabel, readLevel, readRanks, readTime } from './read-args.ts'

export const mergeCommand: Command = {
  name: 'merge',
  usage: '[OPTIONS] PATH...',
  about: 'the logs of many ranks as one, in the order of time',
  options: {
    output: { value: 'FILE', short: 'o', about: 'where to; stdout otherwise' },
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
      values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    },
    ranks: { value: 'RANKS', about: 'these ranks only, e.g. 0-3,7' },
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
    const ranks = typeof options.ranks === 'string' ? readRanks(options.ranks) : () => true
    const sources = (await findSources(paths)).filter(
      ({ rank }) => options.ranks === undefined || ranks(rank ?? 'unknown'),
    )
    if (sources.length === 0) throw new InputError('merge: no such rank in these logs', 'look at --ranks')
    const decorations = readDecorations(options, sources)
    const inputs = sources.map(({ files }) => new InputFiles(files))
    const output = openOutput(options.output as string | undefined)
    const maxBytes = readCount('memory', options.memory, 32, 8) * 2 ** 20
    const progress = Progress.over(sources, io.stderr)
    const settings = {
      timeKey: options.time as string | undefined,
      maxBytes,
      progress: (bytes: number) => progress.at(bytes),
    }
    try {
      const { decorate, dedup } = await wayOf(decorations)
      const stats = decorate
        ? await mergeDecorated(inputs, output.fd, decorate, settings)
        : await mergeFiles(inputs, output.fd, { ...settings, dedup })
      progress.end()
      return report(inputs, stats.unfinished, io)
    } finally {
      progress.end()
      output.close()
    }
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

/** What could not be read, on stderr. @returns 1 if there is such */
function report(inputs: readonly InputFiles[], unfinished: number, { stderr }: Io): number {
  const failures = inputs.flatMap((input) => input.failures)
  for (const { path, error } of failures) stderr.write(`ranklog merge: ${path}: ${error.message}; it is left out\n`)
  if (unfinished > 0)
    stderr.write(
      `ranklog merge: ${unfinished} ${unfinished === 1 ? 'file ends' : 'files end'} within a line: it was given its newline\n`,
    )
  return failures.length > 0 || unfinished > 0 ? 1 : 0
}
