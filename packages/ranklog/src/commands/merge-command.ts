import type { Command } from '../cli/index.ts'
import { levelLabels, ranksOption, timeOption } from '../cli/index.ts'

export const mergeCommand: Command = {
  name: 'merge',
  usage: '[OPTIONS] PATH...',
  about: 'merge the logs of many ranks in time order',
  options: {
    output: {
      value: 'FILE',
      short: 'o',
      about: 'write to FILE, outside of the folders that are read (default: stdout)',
    },
    force: { about: 'allow --output there: the file gets a mark, and merge, tail and status skip it' },
    dedup: { about: 'write a record that several ranks logged once, with "ranks"' },
    within: { value: 'MS', about: 'for --dedup: how far apart such records may be (default: 1000)' },
    reduce: {
      value: 'step',
      about: 'merge the metrics of each step into one record: mean, min, max, sum, count',
      values: ['step'],
    },
    since: { value: 'TIME', about: 'only records from this time on: ISO, s or ms since 1970, or 10m, 2h, 1d ago' },
    until: { value: 'TIME', about: 'only records before this time' },
    level: {
      value: 'LEVEL',
      about: 'only records of this level and above',
      values: levelLabels,
    },
    ranks: ranksOption,
    label: {
      value: 'TEXT',
      about: 'prefix of each line, e.g. "[{rank}] " or "{host}:{rank} "; the output is then not JSON',
    },
    pretty: { about: 'readable records, by pino-pretty, each with its rank' },
    time: timeOption,
    memory: { value: 'MIB', about: 'memory for the merge, in MiB (default: 32)' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['ranklog merge logs/ -o all.log', 'all ranks of a run, rotated files and attempts too'],
    ['ranklog merge logs/ --level warn --since 2h --label "[{rank}] "', 'warnings and errors of the last two hours'],
    ['ranklog merge logs/ --dedup', 'the start-up record of 64 ranks once'],
    ['ranklog merge logs/ --reduce step | jq .mean', 'mean metrics of all ranks'],
    ["ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'", 'a quoted glob is expanded by ranklog'],
  ],
  async run(given, io) {
    const { mergeLogs } = await import('./merge-logs.ts') // other commands do without
    return mergeLogs(given, io)
  },
}
