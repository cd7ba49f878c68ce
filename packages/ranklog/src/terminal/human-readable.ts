import { escapeLine } from 'pino-rank/sink'
import { type Decorator, label } from 'pino-rank-merge'
import type { Output } from '../cli/index.ts'
import { colorOf, hasColors } from './colors.ts'
import { decoratorOf, prettyOf, safeLines, safeText } from './pretty.ts'

/**
 * Loads pino-pretty, if it is installed. Returns a function that takes the ranks of the sources, and returns a decorator for their
 * lines. The decorator formats records with pino-pretty, escapes control characters, and puts the rank in front of each line,
 * coloured if the output has colours.
 */
export async function humanReadable(
  output: Output,
  env: NodeJS.ProcessEnv,
): Promise<(names: readonly string[]) => Decorator> {
  const colors = hasColors(output, env)
  const format = decoratorOf(await prettyOf(colors).catch(() => safeText))
  const template = (rank: string) =>
    colors ? `${colorOf(rank)}[${escapeLine(rank)}]\x1b[0m ` : `[${escapeLine(rank)}] `
  return (names) => (blocks) => label({ template, names })(format(blocks))
}

/**
 * Returns a decorator that puts the label of `--label` in front of each line. It escapes control characters in `{rank}` and
 * `{host}`; on a terminal, also in the lines.
 */
export function labelledLines(
  template: string,
  names: readonly string[],
  hosts: readonly (string | undefined)[],
  isTerminal: boolean,
): Decorator {
  const fill = (rank: string, host: string) =>
    template.replace(/\{(rank|host)\}/g, (_, name) => escapeLine(name === 'rank' ? rank : host))
  const labels = label({ template: fill, names, hosts })
  return isTerminal ? (blocks) => labels(safeLines(blocks)) : labels
}
