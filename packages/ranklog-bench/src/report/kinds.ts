import type { ModeKind } from '../results/index.ts'
import { type ColorName, color } from './theme.ts'

/** Kinds of modes, in the order of the pictures. */
export const kindOrder: readonly ModeKind[] = ['none', 'harness', 'gated', 'ours', 'ungated']

/** The same from the lowest in a picture to the uppermost: what others are compared with lies on top. */
export const kindDepth: readonly ModeKind[] = ['ungated', 'harness', 'ours', 'gated', 'none']

export const kindTexts: Readonly<Record<ModeKind, string>> = {
  none: 'no logging',
  harness: 'log calls that do nothing',
  gated: 'rank 0 only (gated)',
  ours: 'every rank, pino-rank sinks',
  ungated: 'every rank, other loggers',
}

/** Each kind has colours of its own: where it has several modes, they take turns. Our colours are cold, those of others warm. */
const kindColors: Readonly<Record<ModeKind, readonly ColorName[]>> = {
  none: ['faint'],
  harness: ['purple'],
  gated: ['blue'],
  ours: ['sky', 'green'],
  ungated: ['vermillion', 'orange'],
}

/** Returns the colour of the `index`th mode of a kind, as a chart says it. */
export function kindColor(kind: ModeKind, index = 0): string {
  const names = kindColors[kind]
  return color(names[index % names.length] as ColorName)
}

/** Reports whether a value has a place on a log axis. */
export function isDrawn(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
