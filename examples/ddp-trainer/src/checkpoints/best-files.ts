/** What a `ModelCheckpoint` has saved. It is part of a checkpoint, and the same on all ranks. */
export interface SavedFiles {
  /** The `saveTopK` best files, each with its score. */
  bestKModels: Record<string, number>
  bestModelPath: string | undefined
  bestModelScore: number | undefined
  kthBestModelPath: string | undefined
  lastModelPath: string | undefined
  /** `globalStep` of the latest save. */
  lastStep: number | undefined
  /** Files that are removed when the new ones are complete. A fit that was killed before that removes them when it continues. */
  toRemove: readonly string[]
}

/** No file. */
export const noFiles: SavedFiles = {
  bestKModels: {},
  bestModelPath: undefined,
  bestModelScore: undefined,
  kthBestModelPath: undefined,
  lastModelPath: undefined,
  lastStep: undefined,
  toRemove: [],
}

export interface BestFilesOptions {
  mode: 'min' | 'max'
  /** Number of files to keep; -1 keeps all. */
  saveTopK: number
}

/** Reports whether a score is among the best. One that is not finite never is. */
export function isAmongBest(files: SavedFiles, score: number, { mode, saveTopK }: BestFilesOptions): boolean {
  if (!Number.isFinite(score) || saveTopK === 0) return false
  const kth = files.kthBestModelPath === undefined ? undefined : files.bestKModels[files.kthBestModelPath]
  if (kth === undefined || saveTopK === -1 || Object.keys(files.bestKModels).length < saveTopK) return true
  return mode === 'min' ? score < kth : score > kth
}

/** Returns the files after one with this score is added. If there are too many, the worst one is left out. */
export function addFile(
  files: SavedFiles,
  { path, score }: { path: string; score: number },
  options: BestFilesOptions,
): SavedFiles {
  const models = { ...files.bestKModels }
  const { saveTopK } = options
  if (saveTopK !== -1 && Object.keys(models).length >= saveTopK && !(path in models))
    delete models[files.kthBestModelPath as string]
  return ranked(files, { ...models, [path]: score }, options.mode)
}

/** Returns the files without those for which `exists` returns false, for example because a person has removed them. */
export function keepExisting(
  files: SavedFiles,
  exists: (path: string) => boolean,
  { mode }: BestFilesOptions,
): SavedFiles {
  const models = Object.entries(files.bestKModels).filter(([path]) => exists(path))
  const last = files.lastModelPath
  return {
    ...ranked(files, Object.fromEntries(models), mode),
    lastModelPath: last !== undefined && exists(last) ? last : undefined,
  }
}

/** Returns the files with these models. Of two equal scores, the earlier file counts as the better one. */
function ranked(files: SavedFiles, bestKModels: Record<string, number>, mode: 'min' | 'max'): SavedFiles {
  const order = Object.entries(bestKModels).sort(([, a], [, b]) => (mode === 'min' ? a - b : b - a))
  const [best] = order
  return {
    ...files,
    bestKModels,
    bestModelPath: best?.[0],
    bestModelScore: best?.[1],
    kthBestModelPath: order.at(-1)?.[0],
  }
}
