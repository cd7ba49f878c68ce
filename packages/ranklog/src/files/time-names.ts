import { normalize } from 'node:path'
import { parseRankSet, type RankError, type RankSet } from 'pino-rank/sink'
import { InputError } from '../cli/index.ts'
import type { LogSource } from './find-sources.ts'
import { isSelected } from './select-sources.ts'

/** A `--time SOURCE=NAME`. */
interface NamedSources {
  given: string
  name: string
  hasSource: (source: LogSource) => boolean
}

const fix =
  "give the field with the time, for example --time ts, or for some logs --time 'worker-*.log=ts' or --time 4-7=ts"

/**
 * Names of the fields with the time: `--time NAME` for all logs, `--time SOURCE=NAME` for some. A later option overrides an
 * earlier one.
 */
export class TimeNames {
  #name = 'time'
  readonly #some: NamedSources[] = []

  /** @throws {InputError} if an option has no name or no source */
  constructor(given: readonly string[]) {
    for (const text of given) {
      const at = text.lastIndexOf('=')
      const name = text.slice(at + 1)
      if (name === '' || at === 0) throw new InputError(`--time: "${text}" has no ${at === 0 ? 'source' : 'name'}`, fix)
      if (at === -1) this.#name = name
      else this.#some.unshift({ given: text, name, hasSource: sourcesOf(text.slice(0, at)) })
    }
  }

  /** Returns the name of the field with the time in the lines of a source. */
  of(source: LogSource): string {
    return this.#some.find(({ hasSource }) => hasSource(source))?.name ?? this.#name
  }

  /** Checks that each option applies to at least one log. @throws {InputError} if one does not */
  check(sources: readonly LogSource[]): void {
    const unused = this.#some.find(({ hasSource }) => !sources.some(hasSource))
    if (unused) throw new InputError(`--time: no log matches "${unused.given.replace(/=[^=]*$/, '')}"`, fix)
  }
}

/** Returns a function that reports whether a source matches a rank set, a file name, a path or a glob. */
function sourcesOf(text: string): (source: LogSource) => boolean {
  if (/^(?:local:)?[\d,/ -]+$/.test(text)) {
    const ranks = rankSetOf(text)
    return (source) => isSelected(source, ranks)
  }
  const pattern = globPattern(normalize(text))
  return ({ files }) => files.some((file) => pattern.test(normalize(file)))
}

function rankSetOf(text: string): RankSet {
  try {
    return parseRankSet(text)
  } catch (error) {
    if ((error as RankError).code !== 'RANK_SET_SYNTAX') throw error
    throw new InputError(`--time: invalid rank set "${text}"`, fix)
  }
}

/** Returns a pattern for paths that end with a glob: `*` and `?` match characters of a name, `**` also folders. */
function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*|\?)/)
  const source = parts.map((part) => wildcards[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&')).join('')
  return new RegExp(`(?:^|/)${source}$`)
}

const wildcards: Record<string, string> = { '**': '.*', '*': '[^/]*', '?': '[^/]' }
