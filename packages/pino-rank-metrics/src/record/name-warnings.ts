/** Maximum number of names that are reported. A log whose every record is wrong would otherwise fill stderr. */
const maxNames = 100

/** Reports what is wrong with a name of a record, once for each name. */
export class NameWarnings {
  readonly #name: string
  readonly #report: (line: string) => void
  readonly #reported = new Set<string>()

  /** @param name the start of each report, for example `pino-tensorboard: runs/a` */
  constructor(name: string, report: (line: string) => void) {
    this.#name = name
    this.#report = report
  }

  /** Reports once what is wrong with a name, and what follows from it. */
  warn(name: string, what: string, consequence = 'it is left out'): void {
    if (this.#reported.has(name) || this.#reported.size > maxNames) return
    this.#reported.add(name)
    this.report(
      this.#reported.size > maxNames
        ? 'more names have such values; they are no longer reported'
        : `"${name.slice(0, 200)}" is ${what}; ${consequence}`,
    )
  }

  /** Reports one line, each time. */
  report(line: string): void {
    this.#report(`${this.#name}: ${line}`)
  }
}
