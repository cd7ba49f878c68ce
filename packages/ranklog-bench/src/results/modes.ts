/** What a mode is in the answer. `harness`: logs to nowhere. `ungated`: a rival, in which every rank writes. `ours`: of ours, all but gated. */
export type ModeKind = 'none' | 'harness' | 'ungated' | 'gated' | 'ours'

/** The mode that all others are compared with. */
export const noLogging = 'no logging'

const kinds: ReadonlyMap<string, ModeKind> = new Map([
  [noLogging, 'none'],
  ['no-op sink', 'harness'],
  ['gated', 'gated'],
  ['split', 'ours'],
  ['stdout', 'ours'],
  ['collected', 'ours'],
])

/** Returns what a mode is. One that is not ours is a rival. */
export function kindOf(mode: string): ModeKind {
  return kinds.get(mode) ?? 'ungated'
}

/** Reports whether lines that this mode loses or tears are lost by our packages. */
export function isOurs(mode: string): boolean {
  return kindOf(mode) === 'gated' || kindOf(mode) === 'ours'
}
