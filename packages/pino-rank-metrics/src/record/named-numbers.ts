/**
 * Serializers for pino's option `serializers`, which write NaN and infinities by name (`"NaN"`), as metric sinks read them.
 * Without them pino writes null, because JSON cannot represent such numbers. Cost: each metric record is walked over once more.
 */
export const metricSerializers: { metrics: (metrics: unknown) => unknown; hparams: (hparams: unknown) => unknown } = {
  metrics: (metrics) => withNames(metrics, []),
  hparams: (hparams) => withNames(hparams, []),
}

/**
 * Returns a copy of a value in which each number that JSON cannot represent is replaced by its name.
 *
 * @param above the objects that contain this one. A circular reference is not followed: pino handles it.
 */
function withNames(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || above.includes(value)) return value
  const here = [...above, value]
  if (hasToJson(value)) return withNames(value.toJSON(), here)
  if (Array.isArray(value)) return value.map((inner) => withNames(inner, here))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNames(inner, here)]))
}

/** Reports whether a value is a Date, or a library's object with its own JSON form. */
function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function'
}

/** The names that {@link metricSerializers} writes for numbers that JSON cannot represent. */
const namedNumbers: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity }

/** Returns the number that a value of a record means: null and `"NaN"` are NaN. Returns undefined if it means none. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null) return NaN
  return typeof value === 'string' && Object.hasOwn(namedNumbers, value) ? namedNumbers[value] : undefined
}
