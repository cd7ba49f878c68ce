/**
 * pino's `serializers` for metric records. JSON cannot represent NaN and infinities, and pino writes null for them. These
 * serializers write their names, which metric sinks read. They walk over each record's metrics and hyperparameters.
 */
export const metricSerializers: { metrics: (metrics: unknown) => unknown; hparams: (hparams: unknown) => unknown } = {
  metrics: (metrics) => withNames(metrics, []),
  hparams: (hparams) => withNames(hparams, []),
}

/**
 * Returns a value with names in place of the numbers that JSON cannot represent.
 *
 * @param above the objects that contain this one. A reference back to one of them is left to pino.
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

/** Returns the number of a record's value. pino writes NaN and infinities as null, and `metricSerializers` by name. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null) return NaN
  return typeof value === 'string' && Object.hasOwn(namedNumbers, value) ? namedNumbers[value] : undefined
}
