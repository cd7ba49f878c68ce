import { oneLine } from './escape-controls.ts'

const warned = new Set<string>()

/** Emits a process warning with this code, the first time only: a warning a line would be worse than what it warns of. */
export function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return
  warned.add(code)
  process.emitWarning(oneLine(message), { type: 'RankWarning', code })
}
