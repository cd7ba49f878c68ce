/** Maximum number of names that are reported. Otherwise a log in which every record is invalid would fill stderr. */
const maxNames = 100

/** Warns about fields and metrics of a log, once for each name. */
export class NameWarnings {
  readonly #name: string
  readonly #report: (line: string) => void
  readonly #reported = new Set<string>()

  /** @param name the start of each report, for example `pino-tensorboard: runs/a` */
  constructor(name: string, report: (line: string) => void) {
    this.#name = name
    this.#report = report
  }

  /**
   * Reports `"NAME" is WHAT; CONSEQUENCE`, the first time that this name has a fault.
   *
   * @param what what is wrong, for example `an image that is not a PNG`
   * @param consequence what the sink does, and what the user can do
   */
  warn(name: string, what: string, consequence = 'it is ignored'): void {
    if (this.#reported.has(name) || this.#reported.size > maxNames) return
    this.#reported.add(name)
    this.report(
      this.#reported.size > maxNames
        ? 'more names have invalid values; these are not reported'
        : `"${name.slice(0, 200)}" is ${what}; ${consequence}`,
    )
  }

  /** Reports one line, each time that it is called. */
  report(line: string): void {
    this.#report(`${this.#name}: ${line}`)
  }
}
