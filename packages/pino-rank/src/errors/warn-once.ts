import { oneLine } from './escape-controls.ts'

const warned = new Set<string>()

/** Emits a process warning with this code, once per process: the same warning at every log call would flood stderr. */
export function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return
  warned.add(code)
  process.emitWarning(oneLine(message), { type: 'RankWarning', code })
}
