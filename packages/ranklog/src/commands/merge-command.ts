import type { Command } from '../cli/index.ts'
import { levelLabels } from '../cli/index.ts'

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
  async run(given, io) {
    const { mergeLogs } = await import('./merge-logs.ts') // other commands do without
    return mergeLogs(given, io)
  },
}
