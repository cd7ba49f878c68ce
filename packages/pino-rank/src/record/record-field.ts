/**
 * Returns a field of a record, for example parsed JSON. Dots in the name lead into objects, unless the record has a field with the
 * whole name. Undefined if there is no such field.
 */
export function fieldOf(record: unknown, name: string): unknown {
  if (!isObject(record)) return undefined
  if (Object.hasOwn(record, name)) return record[name]
  let found: unknown = record
  for (const part of name.split('.')) {
    if (!isObject(found) || !Object.hasOwn(found, part)) return undefined
    found = found[part]
  }
  return found
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
