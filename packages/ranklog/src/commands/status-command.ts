import type { Command } from '../cli/index.ts'

export const statusCommand: Command = {
  name: 'status',
  usage: '[OPTIONS] DIR',
  about: 'where each rank is: last step, steps a second, who holds the others, who is silent, errors',
  options: {
    watch: { short: 'w', about: 'draw it again and again' },
    every: { value: 'SECONDS', about: 'how often (default: 2)' },
    plot: { value: 'FILE', about: 'step time by rank over the run, as SVG' },
    json: { about: 'as JSON, a line a rank' },
    help: { short: 'h', about: 'this text' },
  },
  examples: [
    ['ranklog status logs/', 'once; works while the job runs'],
    ['ranklog status -w logs/', 'watch it'],
    ['ranklog status --plot steps.svg logs/', 'see where one rank holds the others'],
    ['ranklog status --json logs/ | jq \'select(.state != "runs")\'', 'for programs'],
  ],
  async run(given, io) {
    const { showStatus } = await import('./show-status.ts') // other commands do without
    return showStatus(given, io)
  },
}
