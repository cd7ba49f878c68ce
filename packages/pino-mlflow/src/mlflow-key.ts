const longest = 250

/** The key nearest to `name` that MLflow takes: letters, digits, `_-.: /`, no empty part, no `.` or `..`, 250 characters. */
export function mlflowKey(name: string): string {
  const parts = name.replace(/[^\w\-.: /]/g, '_').split('/')
  const kept = parts.filter((part) => part !== '').map((part) => (/^\.+$/.test(part) ? '_'.repeat(part.length) : part))
  return kept.join('/').slice(0, longest).replace(/\/$/, '') || '_'
}
