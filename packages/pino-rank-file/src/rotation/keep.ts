import type { RotateOptions } from './rotate-options.ts'

/** A rotated file in its folder; times in ms since 1970. */
export interface Kept {
  name: string
  plain: string
  packed: boolean
  size: number
  mtimeMs: number
  ctimeMs: number
}

const dayMs = 86_400_000

/** Which of the files, given oldest first, are too many, too long together or too old at `now`. Never the last. */
export function surplus<File extends Pick<Kept, 'size' | 'mtimeMs'>>(
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
