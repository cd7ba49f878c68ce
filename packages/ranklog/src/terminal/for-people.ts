import { escapeControls } from 'pino-rank/sink'
import { type Decorator, label } from 'pino-rank-merge'
import type { Io } from '../cli/index.ts'
import { colorOf, hasColors } from './colors.ts'
import { prettyOf } from './pretty.ts'

/** By pino-pretty where it is installed, with the rank in its colour; what a terminal would obey is shown. Takes the sources' ranks. */
export async function forPeople({
  stdout,
  env,
}: Pick<Io, 'stdout' | 'env'>): Promise<(names: readonly string[]) => Decorator> {
  const colors = hasColors(stdout, env)
  const pretty = await prettyOf(colors).catch(() => escapeControls)
  const readable: Decorator = async function* (batches) {
    for await (const blocks of batches) {
      yield blocks.map((block) => ({ ...block, bytes: Buffer.from(pretty(block.bytes.toString())) }))
    }
  }
  const template = (rank: string) => (colors ? `${colorOf(rank)}[${rank}]\x1b[0m ` : `[${rank}] `)
  return (names) => (blocks) => label({ template, names })(readable(blocks))
}
