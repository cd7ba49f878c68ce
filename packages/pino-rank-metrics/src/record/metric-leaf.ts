import { readRegularFile } from 'pino-rank-lines/system'
import type { Hparam, HparamItem, HparamList, Image } from './metric-record.ts'
import { numberIn } from './named-numbers.ts'

/** Returns a hyperparameter as it was logged. Anything but a number, string, boolean or null becomes JSON text. */
export function hparamIn(value: unknown): Hparam {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'string' ? (numberIn(value) ?? value) : JSON.stringify(value)
}

/** Returns a list or an object as it was logged, with NaN and infinities among its numbers. */
export function hparamListIn(list: object): HparamList {
  if (Array.isArray(list)) return list.map(hparamItemIn)
  return Object.fromEntries(Object.entries(list).map(([key, inner]) => [key, hparamItemIn(inner)]))
}

function hparamItemIn(value: unknown): HparamItem {
  return typeof value === 'object' && value !== null ? hparamListIn(value) : hparamIn(value)
}

/** Maximum size of an image that is read from a file, in bytes. */
const maxImageBytes = 2 ** 28

/** The first bytes of every PNG file. */
const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/**
 * Returns the image of `{ png }` (a Buffer as JSON writes it, or base64) or of `{ path }` (a regular file, which is read now).
 * Returns a description of the fault if it is invalid.
 */
export function imageIn(given: unknown): Image | string {
  const { png, path } = (given ?? {}) as Record<string, unknown>
  let bytes: Buffer
  try {
    if (typeof path === 'string') bytes = readRegularFile(path, maxImageBytes)
    else if (typeof png === 'string') bytes = Buffer.from(png, 'base64')
    else bytes = Buffer.from((png as { data: number[] }).data)
  } catch (error) {
    return typeof path === 'string'
      ? `an image that cannot be read: ${(error as Error).message}`
      : 'an image without png or path'
  }
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(pngSignature)) return 'an image that is not a PNG'
  return { png: bytes, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/**
 * Reports whether an object is one metric, `{ text }`, `{ histogram }` or `{ image }`, and not a branch with metrics below it.
 * An object with one of these names may also be a branch: `{ image: 0.3 }` is a scalar named `image`. Returns true for a list
 * and for an empty object too: they have no metrics below them.
 */
export function isMetric(value: object): boolean {
  const [kind, another] = Object.keys(value)
  if (Array.isArray(value) || kind === undefined) return true
  if (another !== undefined) return false
  const given = (value as Record<string, unknown>)[kind]
  if (kind === 'text') return typeof given === 'string'
  if (kind === 'histogram') return isData(given, ['values', 'counts', 'edges'])
  return kind === 'image' && isData(given, ['png', 'path'])
}

/** Reports whether an object below `hparams` is one hyperparameter: a list, or an empty object. */
export function isHparam(value: object): boolean {
  return Array.isArray(value) || Object.keys(value).length === 0
}

/**
 * Reports whether a value is the data of a histogram or an image. A number is a scalar instead, and an object without any of these
 * keys is a branch.
 */
function isData(given: unknown, keys: string[]): boolean {
  if (typeof given !== 'object' || given === null) return numberIn(given) === undefined
  const found = Object.keys(given)
  return Array.isArray(given) || found.length === 0 || found.some((key) => keys.includes(key))
}

/** Returns advice on how to log a value that is not a metric. */
export function remedyFor(value: unknown): string {
  if (typeof value === 'boolean') return 'log 1 or 0'
  if (Array.isArray(value)) return 'log each of its values under a name of its own, or { histogram: { values } }'
  if (typeof value === 'string')
    return value.trim() !== '' && Number.isFinite(Number(value)) ? 'log it as a number' : 'log { text } for a text'
  return 'log a number, { text }, { histogram } or { image }'
}

/** Reports whether a value is an object, and neither null nor a list. */
export function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Calls `leaf` with each value below `branch` and with its name, which is its keys joined with `/`. An object for which `isLeaf`
 * returns true is a value.
 */
export function eachLeaf(
  branch: object,
  isLeaf: (value: object) => boolean,
  leaf: (name: string, value: unknown) => void,
  prefix = '',
): void {
  for (const [key, value] of Object.entries(branch)) {
    const name = prefix + key
    if (typeof value === 'object' && value !== null && !isLeaf(value)) eachLeaf(value, isLeaf, leaf, `${name}/`)
    else leaf(name, value)
  }
}
