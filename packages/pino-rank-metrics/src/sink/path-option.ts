import { absolutePath, expandPath, type OptionChecker, type ResolvedRank } from 'pino-rank/sink'

/** How {@link pathOption} resolves a path. */
export interface PathOptions {
  /** Folder that a relative path is resolved against. @default the working directory */
  cwd?: string | undefined
  /** True gives each attempt above 0 a folder of its own. @default false */
  attemptFolder?: boolean
}

/**
 * Returns the text of an option with its placeholders filled in.
 *
 * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function textOption(
  check: OptionChecker,
  option: string,
  template: unknown,
  rank: ResolvedRank,
  attemptFolder = false,
): string {
  return expandPath(check.text(option, template), rank, { package: check.packageName, option, attemptFolder })
}

/**
 * Returns the absolute path of an option with its placeholders filled in. A later `process.chdir` moves no file.
 *
 * @throws as {@link textOption}
 */
export function pathOption(
  check: OptionChecker,
  option: string,
  template: unknown,
  rank: ResolvedRank,
  { cwd, attemptFolder }: PathOptions = {},
): string {
  return absolutePath(textOption(check, option, template, rank, attemptFolder), cwd)
}
