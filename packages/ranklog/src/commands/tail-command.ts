import type { Command } from '../cli/index.ts'
import { levelLabels, ranksOption, timeOption } from '../cli/index.ts'

export const tailCommand: Command = {
  name: 'tail',
  usage: '[OPTIONS] DIR',
  about: 'follow the logs of all ranks in time order, including new ranks and attempts',
  options: {
    lines: { value: 'N', short: 'n', about: 'start with the last N lines of each log (default: 10)' },
    level: {
      value: 'LEVEL',
      about: 'show only records of this level and above',
      values: levelLabels,
    },
    ranks: ranksOption,
    time: timeOption,
    window: { value: 'MS', about: 'how long a line waits for earlier lines of other ranks (default: 50)' },
    raw: { about: 'write lines unchanged, without pino-pretty, labels and colours' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['ranklog tail logs/', 'follows a run'],
    ['ranklog tail logs/ --level warn --ranks 0-7', 'shows only warnings and errors of the first eight ranks'],
    ['ranklog tail --raw logs/ | jq .step', 'writes NDJSON for other programs'],
  ],
  async run(given, io) {
    const { tailLogs } = await import('./tail-logs.ts') // loaded here, so that other commands start sooner
    return tailLogs(given, io)
  },
}
