/** So many names are told of; a log whose every record is wrong would fill stderr. */
const most = 100

/** Says what is left out, once for each name. */
export class NameWarnings {
  readonly #from: string
  readonly #report: (line: string) => void
  readonly #told = new Set<string>()

  /** @param from who speaks, e.g. `pino-tensorboard` */
  constructor(from: string, report: (line: string) => void) {
    this.#from = from
    this.#report = report
  }

  /** Reports once what is wrong with a name, and what follows from it. */
  warn(name: string, what: string, consequence = 'it is left out'): void {
    if (this.#told.has(name) || this.#told.size > most) return
    this.#told.add(name)
    const last = this.#told.size > most
    this.#report(
      `${this.#from}: ${last ? 'more names have such values, and are no longer told' : `"${name.slice(0, 200)}" is ${what}; ${consequence}`}`,
    )
  }
}
