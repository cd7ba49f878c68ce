import type { Result } from './result.ts'
import { resultSchema, type Schema, type Type } from './schema.ts'

/** A place where a value does not fit a schema. */
export interface Misfit {
  /** For example `cells[3].rounds[0].p99`. Empty: the value itself. */
  path: string
  expected: string
  received: unknown
}

/** Returns the first place where a value does not fit the schema of a result; undefined if it fits. */
export function resultMisfit(value: unknown): Misfit | undefined {
  return misfit(value, resultSchema, '')
}

/** Reports whether a value fits the schema of a result. */
export function isResult(value: unknown): value is Result {
  return resultMisfit(value) === undefined
}

function misfit(value: unknown, schema: Schema, path: string): Misfit | undefined {
  const expected = expectedOf(value, schema)
  if (expected !== undefined) return { path, expected, received: value }
  if (Array.isArray(value))
    return firstOf(value.map((item, at) => [`${path}[${at}]`, item, schema.prefixItems?.[at] ?? schema.items]))
  if (!isObject(value)) return undefined
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return { path: joinPath(path, missing), expected: 'a value', received: undefined }
  const schemaOf = (name: string) =>
    schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema.additionalProperties
  return firstOf(Object.entries(value).map(([name, item]) => [joinPath(path, name), item, schemaOf(name)]))
}

function firstOf(parts: readonly [path: string, value: unknown, schema: Schema | undefined][]): Misfit | undefined {
  for (const [path, value, schema] of parts) {
    const found = schema && misfit(value, schema, path)
    if (found) return found
  }
}

/** Returns what the schema expects of a value if the value does not fit. Does not check the parts of the value. */
function expectedOf(value: unknown, schema: Schema): string | undefined {
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return types.join(' or ')
  if (schema.const !== undefined && value !== schema.const) return JSON.stringify(schema.const)
  if (schema.enum && !schema.enum.includes(value as string)) return `one of ${schema.enum.join(', ')}`
  if (typeof value === 'number' && value < (schema.minimum ?? -Infinity)) return `at least ${schema.minimum}`
  if (typeof value === 'string') return expectedText(value, schema)
  if (!Array.isArray(value)) return undefined
  const { minItems = 0, maxItems = Infinity } = schema
  if (value.length < minItems) return `at least ${minItems} items`
  return value.length > maxItems ? `at most ${maxItems} items` : undefined
}

function expectedText(text: string, { minLength = 0, pattern }: Schema): string | undefined {
  if (text.length < minLength) return 'a text that is not empty'
  return pattern !== undefined && !new RegExp(pattern, 'u').test(text) ? `a text like ${pattern}` : undefined
}

function isOfType(value: unknown, type: Type): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return Number.isFinite(value)
  return typeof value === type
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
