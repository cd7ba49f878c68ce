import type { Command } from './command.ts'

const head = `ranklog: runs jobs of many ranks and reads their logs as one

Usage: ranklog COMMAND [OPTIONS] PATHS

Commands:`

/** Returns the text of `ranklog --help`: an overview of all commands. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, about }) => `  ${name.padEnd(12)}${about}`)
  return [head, ...rows, '', 'ranklog COMMAND --help shows the options of a command, with examples.', ''].join('\n')
}

/** Returns the text of `ranklog COMMAND --help`. */
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
