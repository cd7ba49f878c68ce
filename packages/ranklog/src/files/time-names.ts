import { normalize } from 'node:path'
import { parseRankSet, type RankError, type RankSet } from 'pino-rank/sink'
import { InputError } from '../cli/index.ts'
import type { LogSource } from './find-sources.ts'
import { isSelected } from './select-sources.ts'

/** One `--time` that names its sources. */
interface NamedSources {
  given: string
  name: string
  hasSource: (source: LogSource) => boolean
}

const fix =
  "write the name of the time, for example --time ts, or --time 'worker-*.log=ts' or --time 4-7=ts for some of the logs"

/** The names of the time, as `--time NAME` gives it for all logs and `--time SOURCE=NAME` for some. A later one overrides an earlier one. */
export class TimeNames {
  #name = 'time'
  readonly #some: NamedSources[] = []

  /** @throws {InputError} if one of them is neither */
  constructor(given: readonly string[]) {
    for (const text of given) {
      const at = text.lastIndexOf('=')
      const name = text.slice(at + 1)
      if (name === '' || at === 0) throw new InputError(`--time: "${text}" has no ${at === 0 ? 'source' : 'name'}`, fix)
      if (at === -1) this.#name = name
      else this.#some.unshift({ given: text, name, hasSource: sourcesOf(text.slice(0, at)) })
    }
  }

  /** Returns the name of the time in the lines of a source. */
  of(source: LogSource): string {
    return this.#some.find(({ hasSource }) => hasSource(source))?.name ?? this.#name
  }

  /** @throws {InputError} if one of them names no log of these */
  check(sources: readonly LogSource[]): void {
    const unused = this.#some.find(({ hasSource }) => !sources.some(hasSource))
    if (unused) throw new InputError(`--time: no log here is one of "${unused.given.replace(/=[^=]*$/, '')}"`, fix)
  }
}

/** Returns what reports whether a source is one of those that a rank set, a file name, a path or a glob names. */
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

/** Matches a path that ends with what a glob names: `*` and `?` stand for signs of a name, `**` also for folders. */
function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*|\?)/)
  const source = parts.map((part) => wildcards[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&')).join('')
  return new RegExp(`(?:^|/)${source}$`)
}

const wildcards: Record<string, string> = { '**': '.*', '*': '[^/]*', '?': '[^/]' }
