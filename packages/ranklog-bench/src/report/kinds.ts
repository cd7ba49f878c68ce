import type { ModeKind } from '../results/index.ts'
import { type ColorName, color } from './theme.ts'

/** Kinds of modes, in the order in which charts list them. */
export const kindOrder: readonly ModeKind[] = ['none', 'harness', 'gated', 'ours', 'ungated']

/** Kinds of modes in drawing order. No logging is drawn last, on top, because the others are compared with it. */
export const kindDepth: readonly ModeKind[] = ['ungated', 'harness', 'ours', 'gated', 'none']

export const kindTexts: Readonly<Record<ModeKind, string>> = {
  none: 'no logging',
  harness: 'log calls that do nothing',
  gated: 'rank 0 only (gated)',
  ours: 'every rank, pino-rank sinks',
  ungated: 'every rank, other loggers',
}

/** Each kind has its own colours, which its modes use in turn. Our sinks have cold colours, other loggers have warm ones. */
const kindColors: Readonly<Record<ModeKind, readonly ColorName[]>> = {
  none: ['faint'],
  harness: ['purple'],
  gated: ['blue'],
  ours: ['sky', 'green'],
  ungated: ['vermillion', 'orange'],
}

/** Returns the colour of the `index`th mode of a kind, as a CSS variable. */
export function kindColor(kind: ModeKind, index = 0): string {
  const names = kindColors[kind]
  return color(names[index % names.length] as ColorName)
}

/** Reports whether a value can be drawn on a log axis. */
export function isDrawn(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
