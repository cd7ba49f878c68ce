import type { Measurable } from './command-line.ts'
import { options } from './option-table.ts'

const examples: readonly [command: string, about: string][] = [
  ['npx ranklog-bench', 'measures the disk of this folder, and a tmpfs'],
  ['npx ranklog-bench --dir /mnt/scratch --ranks 8 --lines 100/step', 'measures another disk, with one size of job'],
  ['sudo npx ranklog-bench --throttle 10M', 'also measures a disk of 10 MB/s with little page cache'],
  ['npx ranklog-bench --compare old.json', 'compares with an earlier run'],
]

/** Returns the text of `--help`. */
export function helpText({ modes, absent }: Measurable): string {
  const rows = Object.entries(options).map(([name, { value, short, default: usual, about }]): [string, string] => [
    `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    usual === undefined ? about : `${about} (default: ${usual})`,
  ])
  return [
    'ranklog-bench: measures what it costs when every rank logs to this disk, and what gating saves',
    '',
    'Usage: ranklog-bench [contention] [OPTIONS]',
    '',
    'Options:',
    ...alignColumns(rows),
    '',
    'Modes that can be measured here:',
    ...modes.map((mode) => `  ${mode}`),
    ...(absent.length > 0 ? [`  ${absentText(absent)}`] : []),
    '',
    'Examples:',
    ...examples.flatMap(([command, about]) => [`  ${command}`, `      ${about}`]),
    '',
    'Exit codes: 0; 1 if our lines were lost or torn, or --compare found a slower mode; 2 for an invalid command line; 130 after Ctrl-C.',
    '',
  ].join('\n')
}

/** Returns a line that names the packages that are not installed and the command that installs them. */
export function absentText(absent: readonly string[]): string {
  return `not installed, so not measured: ${absent.join(', ')}; npm install ${absent.join(' ')}`
}

function alignColumns(rows: readonly [left: string, right: string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
}
