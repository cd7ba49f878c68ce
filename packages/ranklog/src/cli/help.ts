import type { Command } from './command.ts'

const head = `ranklog: run jobs of many ranks, and read their logs as one

Usage: ranklog COMMAND [OPTIONS] PATHS

Commands:`

/** The overview of all commands. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, about }) => `  ${name.padEnd(12)}${about}`)
  return [head, ...rows, '', 'ranklog COMMAND --help shows its options, with examples.', ''].join('\n')
}

/** What one command can do. */
export function helpOf({ name, usage, about, options, examples }: Command): string {
  const shown = Object.entries(options).map(([option, { value, short, aliases, about }]): [string, string] => {
    const names = aliases ? `; also ${aliases.join(', ')}` : ''
    return [`${short ? `-${short}, ` : '    '}--${option}${value ? ` ${value}` : ''}`, about + names]
  })
  const width = Math.max(...shown.map(([left]) => left.length)) + 2
  const rows = shown.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
  const shownExamples = examples.flatMap(([command, about]) => [`  ${command}`, `      ${about}`])
  return [
    `ranklog ${name}: ${about}`,
    '',
    `Usage: ranklog ${name} ${usage}`,
    '',
    'Options:',
    ...rows,
    '',
    'Examples:',
    ...shownExamples,
    '',
  ].join('\n')
}
