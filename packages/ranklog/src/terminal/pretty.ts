import { escapeControls, escapeLine } from 'pino-rank/sink'
import type { Decorator } from 'pino-rank-merge'
import { InputError } from '../cli/index.ts'

/** Records for people, as pino-pretty shows them, each on one line. @throws {InputError} if it is not installed */
export async function prettyLines(colors = false): Promise<Decorator> {
  return decoratorOf(await prettyOf(colors))
}

/** Lines as they are, but safe for a terminal: what it would obey is shown. */
export const safeLines: Decorator = decoratorOf(safeText)

/** Returns the decorator that changes the text of each block. */
export function decoratorOf(change: (text: string) => string): Decorator {
  return async function* (batches) {
    for await (const blocks of batches)
      yield blocks.map((block) => ({ ...block, bytes: Buffer.from(change(block.bytes.toString())) }))
  }
}

/** Shows what a terminal would obey. A `\r` at the end of a line is left out, as it does nothing there. */
export function safeText(text: string): string {
  return escapeControls(text.replaceAll('\r\n', '\n'))
}

type Fields = Record<string, unknown>

/**
 * Returns a function that makes a block of text readable. A record becomes one line, with the stack of its error below it. What a
 * terminal would obey is shown.
 *
 * @throws {InputError} if pino-pretty is not installed
 */
export async function prettyOf(colors: boolean): Promise<(text: string) => string> {
  let factory: (options: object) => (record: Fields) => string
  try {
    const { prettyFactory } = (await import('pino-pretty' as string)) as { prettyFactory: typeof factory }
    factory = prettyFactory
  } catch {
    throw new InputError('--pretty: pino-pretty is not installed', 'npm install pino-pretty, or leave --pretty out')
  }
  // errors are not shown by pino-pretty, which would use a line for each of their fields
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
    return safeText(`${line}\n`) // no JSON, or nested too deeply
  }
}

/** Returns the value with names and texts that are one line and safe. Only the text of a stack keeps its newlines. */
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

/** Takes out the stack of a record that is an error, and those of its errors. Their other fields stay if the stack does not have them. */
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
