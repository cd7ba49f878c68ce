import { expandPath, OptionChecker, type PathContext, type ResolvedRank } from 'pino-rank/sink'

/** The files of one rank. */
export interface SplitPaths {
  path: string
  manifest: string
}

/**
 * `train.log` gives rank 3 `train.rank-3.log` and `train.rank-3.json`; a path that names `{rank}` itself stays as it
 * is written.
 *
 * @throws {RankError} PATH_PLACEHOLDER; OPTION_INVALID for `*.json`, where the manifest would be the log
 */
export function splitPaths(template: string, rank: ResolvedRank, given: PathContext = {}): SplitPaths {
  const extension = /(?<=[^/\\])\.[^./\\{}]+$/.exec(template)?.[0] ?? ''
  const bare = template.slice(0, template.length - extension.length)
  const stem = /\{rank(:\d+)?\}/.test(template) ? bare : `${bare}.rank-{rank}`
  if (extension === '.json') {
    const expected = 'a name that does not end in .json, as the manifest beside it does'
    throw new OptionChecker('pino-rank-split', 'end it in .log or .ndjson').invalid('path', expected, template)
  }
  const context = { ...given, package: 'pino-rank-split' }
  return {
    path: expandPath(stem + extension, rank, context),
    manifest: expandPath(`${stem}.json`, rank, context),
  }
}
