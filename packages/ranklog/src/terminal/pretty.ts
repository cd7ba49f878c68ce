import { escapeControls, escapeLine } from 'pino-rank/sink'
import type { Decorator } from 'pino-rank-merge'
import { InputError } from '../cli/index.ts'

/** Returns a decorator that formats each record with pino-pretty, in one line. @throws {InputError} if pino-pretty is not installed */
export async function prettyLines(colors = false): Promise<Decorator> {
  return decoratorOf(await prettyOf(colors))
}

/** Escapes control characters in lines. */
export const safeLines: Decorator = decoratorOf(safeText)

/** Returns a decorator that applies a function to the text of each block. */
export function decoratorOf(change: (text: string) => string): Decorator {
  return async function* (batches) {
    for await (const blocks of batches)
      yield blocks.map((block) => ({ ...block, bytes: Buffer.from(change(block.bytes.toString())) }))
  }
}

/** Escapes control characters. Removes a `\r` at the end of a line, where it has no effect. */
export function safeText(text: string): string {
  return escapeControls(text.replaceAll('\r\n', '\n'))
}

type Fields = Record<string, unknown>

/**
 * Returns a function that makes a block of text readable. A record becomes one line, with the stack of its error below it.
 * Control characters are escaped.
 *
 * @throws {InputError} if pino-pretty is not installed
 */
export async function prettyOf(colors: boolean): Promise<(text: string) => string> {
  let factory: (options: object) => (record: Fields) => string
  try {
    const { prettyFactory } = (await import('pino-pretty' as string)) as { prettyFactory: typeof factory }
    factory = prettyFactory
  } catch {
    throw new InputError('--pretty: pino-pretty is not installed', 'run npm install pino-pretty, or leave --pretty out')
  }
  // errors are formatted here, because pino-pretty would use a line for each of their fields
  const pretty = factory({ colorize: colors, ignore: 'pid,hostname,rank', singleLine: true, errorLikeObjectKeys: [] })
  return (text) => {
    const end = text.indexOf('\n')
    if (end === -1 || !text.startsWith('{')) return safeText(text)
    return prettyRecord(text.slice(0, end), pretty) + safeText(text.slice(end + 1))
  }
}

function prettyRecord(line: string, pretty: (record: Fields) => string): string {
  try {
    const record = safeFields(JSON.parse(line))
    const stacks = takeStacks(record)
    return [pretty(record).trimEnd(), ...stacks.map((stack) => stack.replace(/^/gm, '    ')), ''].join('\n')
  } catch {
    return safeText(`${line}\n`) // not JSON, or nested too deeply
  }
}

/** Returns a copy in which names and texts are one line and have no control characters. Only a stack keeps its newlines. */
function safeFields(value: Fields): Fields {
  const fields = Object.entries(value).filter(([name]) => name !== '__proto__')
  return Object.fromEntries(
    fields.map(([name, value]) => [
      escapeLine(name),
      name === 'stack' && typeof value === 'string' ? escapeControls(value) : safeValue(value),
    ]),
  )
}

function safeValue(value: unknown): unknown {
  if (typeof value === 'string') return escapeLine(value)
  if (Array.isArray(value)) return value.map(safeValue)
  return typeof value === 'object' && value !== null ? safeFields(value as Fields) : value
}

/** Removes and returns the stacks of a record and its errors. Other fields of an error stay unless the stack repeats them. */
function takeStacks(record: Fields): string[] {
  return [undefined, 'err', 'error'].flatMap((name) => {
    const error = (name === undefined ? record : record[name]) as Fields | null | undefined
    if (typeof error?.stack !== 'string') return []
    const { stack, message } = error
    delete error.stack
    if (name === undefined) return [stack]
    if (stack.includes(String(message))) {
      delete error.type
      delete error.message
    }
    if (Object.keys(error).length === 0) delete record[name]
    return [stack]
  })
}
