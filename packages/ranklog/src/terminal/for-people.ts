import { escapeLine } from 'pino-rank/sink'
import { type Decorator, label } from 'pino-rank-merge'
import type { Output } from '../cli/index.ts'
import { colorOf, hasColors } from './colors.ts'
import { decoratorOf, prettyOf, safeLines, safeText } from './pretty.ts'

/** By pino-pretty where it is installed, with the rank in its colour; what a terminal would obey is shown. Takes the sources' ranks. */
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

/** Lines with a label of the user's, in which `{rank}` and `{host}` are safe for a terminal. `isTerminal`: so are the lines. */
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
