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
      about: 'write to FILE, which must not be in a folder that is read (default: stdout)',
    },
    force: { about: 'allow such a FILE: it gets a mark with which merge, tail and status skip it' },
    dedup: { about: 'write duplicate records of several ranks once, with the field "ranks"' },
    within: { value: 'MS', about: 'for --dedup: maximum time between duplicates (default: 1000)' },
    reduce: {
      value: 'step',
      about: 'merge the metrics of each step into one record: mean, min, max, sum, count',
      values: ['step'],
    },
    since: {
      value: 'TIME',
      about: 'write only records from this time on: ISO 8601, s or ms since 1970, or a time ago such as 10m, 2h, 1d',
    },
    until: { value: 'TIME', about: 'write only records before this time' },
    level: {
      value: 'LEVEL',
      about: 'write only records of this level and above',
      values: levelLabels,
    },
    ranks: ranksOption,
    label: {
      value: 'TEXT',
      about: 'label in front of each line, for example "[{rank}] " or "{host}:{rank} "; the output is then not JSON',
    },
    pretty: { about: 'write readable records with pino-pretty, each with its rank' },
    time: timeOption,
    memory: { value: 'MIB', about: 'memory for the merge, in MiB (default: 32)' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['ranklog merge logs/ -o all.log', 'merges all ranks of a run, with rotated files and attempts'],
    [
      'ranklog merge logs/ --level warn --since 2h --label "[{rank}] "',
      'shows warnings and errors of the last two hours',
    ],
    ['ranklog merge logs/ --dedup', 'writes the start-up record of 64 ranks once'],
    ['ranklog merge logs/ --reduce step | jq .mean', 'shows the mean metrics of all ranks'],
    ["ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'", 'a quoted glob is expanded by ranklog'],
  ],
  async run(given, io) {
    const { mergeLogs } = await import('./merge-logs.ts') // loaded here, so that other commands start sooner
    return mergeLogs(given, io)
  },
}
