/**
 * pino's `serializers` for metric records: JSON has no NaN and no infinities, and pino writes null for them. These write their
 * names, which metric sinks read. Costs a walk over each record's metrics and hyperparameters.
 */
export const metricSerializers: { metrics: (metrics: unknown) => unknown; hparams: (hparams: unknown) => unknown } = {
  metrics: (metrics) => named(metrics, []),
  hparams: (hparams) => named(hparams, []),
}

/** @param above the objects that hold this one: what refers back to one of them is left to pino */
function named(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || above.includes(value)) return value
  const here = [...above, value]
  if (hasToJson(value)) return named(value.toJSON(), here)
  if (Array.isArray(value)) return value.map((inner) => named(inner, here))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner, here)]))
}

/** A Date, or an object of a library that has its own form in JSON. */
function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function'
}
