import type { Decorator } from 'pino-rank-merge'
import { InputError } from '../cli/index.ts'
import { harmless, harmlessJson } from './harmless.ts'

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
    const shown = first.startsWith('{') ? pretty(harmlessJson(first)) : `${harmless(first)}\n`
    return more.length > 0 ? `${shown}${harmless(more.join('\n'))}\n` : shown
  }
}
