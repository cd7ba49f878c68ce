import type { Command } from '../cli/index.ts'
import { ranksOption, timeOption } from '../cli/index.ts'

export const statusCommand: Command = {
  name: 'status',
  usage: '[OPTIONS] DIR',
  about: "show each rank's last step, steps per second and errors, and which ranks are slow or silent",
  options: {
    watch: { short: 'w', about: 'repeat until interrupted' },
    every: { value: 'SECONDS', about: 'interval of --watch (default: 2)' },
    plot: { value: 'FILE', about: 'write a chart of the step time of each rank, as SVG' },
    json: { about: 'write JSON, one line per rank' },
    ranks: ranksOption,
    time: timeOption,
    all: { short: 'a', about: 'also show earlier runs in the same folder' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['ranklog status logs/', 'shows the status once; works while the job runs'],
    ['ranklog status -w logs/', 'shows the status every 2 seconds'],
    ['ranklog status --plot steps.svg logs/', 'draws where one rank delays the others'],
    ['ranklog status --json logs/ | jq \'select(.state != "runs")\'', 'writes JSON for other programs'],
  ],
  async run(given, io) {
    const { showStatus } = await import('./show-status.ts') // loaded here, so that other commands start sooner
    return showStatus(given, io)
  },
}
