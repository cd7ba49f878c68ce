import type { Command } from '../cli/index.ts'
import { levelLabels } from '../cli/index.ts'

export const tailCommand: Command = {
  name: 'tail',
  usage: '[OPTIONS] DIR',
  about: 'what all ranks log now, in order, each line with its rank; new ranks and attempts appear',
  options: {
    lines: { value: 'N', short: 'n', about: 'so many last lines of each rank first (default: 10)' },
    level: {
      value: 'LEVEL',
      about: 'nothing below this level',
      values: levelLabels,
    },
    ranks: { value: 'RANKS', about: "these ranks only: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0" },
    window: { value: 'MS', about: 'how long a line waits for earlier ones of other ranks (default: 50)' },
    raw: { about: 'the lines as they are, without pino-pretty, labels and colours' },
    help: { short: 'h', about: 'this text' },
  },
  examples: [
    ['ranklog tail logs/', 'watch a run'],
    ['ranklog tail logs/ --level warn --ranks 0-7', 'only what goes wrong, on one node'],
    ['ranklog tail --raw logs/ | jq .step', 'for programs'],
  ],
  async run(given, io) {
    const { tailLogs } = await import('./tail-logs.ts') // other commands do without
    return tailLogs(given, io)
  },
}
