import type { RotateOptions } from './rotate-options.ts'

/** A rotated file in its folder. Times are in ms since 1970. */
export interface RotatedFile {
  name: string
  /** The name without `.gz`. */
  plain: string
  isCompressed: boolean
  size: number
  mtimeMs: number
  ctimeMs: number
}

const dayMs = 86_400_000

/**
 * Returns the files that exceed the limits for number, total size or age. The newest file is never among them.
 *
 * @param files oldest first
 * @param now ms since 1970
 */
export function filesBeyondLimits<File extends Pick<RotatedFile, 'size' | 'mtimeMs'>>(
  files: readonly File[],
  { keepFiles = Infinity, keepBytes = Infinity, keepDays = Infinity }: RotateOptions,
  now: number,
): File[] {
  let bytes = 0
  const first = files.toReversed().findIndex(({ size, mtimeMs }, place) => {
    bytes += size
    return place > 0 && (place >= keepFiles || bytes > keepBytes || now - mtimeMs > keepDays * dayMs)
  })
  return first === -1 ? [] : files.slice(0, files.length - first)
}
