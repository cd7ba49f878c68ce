/**
 * Kind of a mode. `harness`: its log calls do nothing. `ungated`: another logger, with which every rank writes. `ours`: our
 * sinks, except the gated mode.
 */
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

/** Returns the kind of a mode. An unknown mode is `ungated`. */
export function kindOf(mode: string): ModeKind {
  return kinds.get(mode) ?? 'ungated'
}

/** Reports whether a mode uses our sinks. */
export function isOurs(mode: string): boolean {
  return kindOf(mode) === 'gated' || kindOf(mode) === 'ours'
}
