import { escapeLine } from 'pino-rank/sink'
import { type Decorator, label } from 'pino-rank-merge'
import type { Output } from '../cli/index.ts'
import { colorOf, hasColors } from './colors.ts'
import { decoratorOf, prettyOf, safeLines, safeText } from './pretty.ts'

/**
 * Returns a decorator that makes lines readable: with pino-pretty if it is installed, with a coloured rank as label, and with
 * control characters escaped. It takes the ranks of the sources.
 */
export async function forPeople(
  output: Output,
  env: NodeJS.ProcessEnv,
): Promise<(names: readonly string[]) => Decorator> {
  const colors = hasColors(output, env)
  const readable = decoratorOf(await prettyOf(colors).catch(() => safeText))
  const template = (rank: string) =>
    colors ? `${colorOf(rank)}[${escapeLine(rank)}]\x1b[0m ` : `[${escapeLine(rank)}] `
  return (names) => (blocks) => label({ template, names })(readable(blocks))
}

/**
 * Returns a decorator that puts the user's label in front of each line. Escapes control characters in `{rank}` and `{host}`, and
 * in the lines too if `isTerminal`.
 */
export function labelled(
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
