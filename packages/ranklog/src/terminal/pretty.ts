import { escapeControls } from 'pino-rank/sink'
import type { Decorator } from 'pino-rank-merge'
import { InputError } from '../cli/index.ts'

/** Records for people, as pino-pretty shows them; escapes in logged text are made visible. @throws {InputError} where it is not installed */
export async function prettyLines(colors = false): Promise<Decorator> {
  const pretty = await prettyOf(colors)
  return async function* (batches) {
    for await (const blocks of batches)
      yield blocks.map((block) => ({ ...block, bytes: Buffer.from(pretty(block.bytes.toString())) }))
  }
}

/** What makes a line readable: a block of text in, one out. */
export async function prettyOf(colors: boolean): Promise<(text: string) => string> {
  let factory: (options: object) => (line: string) => string
  try {
    const { prettyFactory } = (await import('pino-pretty' as string)) as { prettyFactory: typeof factory }
    factory = prettyFactory
  } catch {
    throw new InputError('--pretty: pino-pretty is not installed', 'npm install pino-pretty, or leave --pretty out')
  }
  const pretty = factory({ colorize: colors, ignore: 'pid,hostname,rank' })
  return (text) => {
    const [first = '', ...more] = text.replace(/\n$/, '').split('\n')
    const shown = first.startsWith('{') ? pretty(escapeJsonControls(first)) : `${escapeControls(first)}\n`
    return more.length > 0 ? `${shown}${escapeControls(more.join('\n'))}\n` : shown
  }
}

/** Control characters as JSON escapes them, and escaped backslashes, which are not the start of one. */
const jsonControls = /\\\\|\\(?:u00(?:0[0-8b-f]|1[0-9a-f]|7f|[89][0-9a-f])|[bfr])/gi

/** Returns JSON whose texts contain no control characters after they are parsed, but their names. */
function escapeJsonControls(line: string): string {
  return escapeControls(line).replace(jsonControls, (found) => (found === '\\\\' ? found : `\\${found}`))
}
