/**
 * pino's `serializers` for metric records: JSON has no NaN and no infinities, and pino writes null for them; these write
 * their names, which metric sinks read. Costs a walk over each record's metrics.
 */
export const metricSerializers: { metrics: (metrics: unknown) => unknown } = { metrics: named }

function named(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(named)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner)]))
}
