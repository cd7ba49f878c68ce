import { existsSync } from 'node:fs'

/** What `new Worker` takes: the file of a thread, or its code with the option `eval`. */
export interface ThreadSource {
  source: URL | string
  eval: boolean
}

/**
 * Finds the code of a thread. Usually that is a file next to the module that starts the thread. A bundler takes that module along and
 * leaves the file behind. There the code is the text in a second module, which bundlers take along because they see its import.
 */
export class ThreadCode {
  readonly #name: string
  readonly #url: string | undefined
  readonly #importText: () => Promise<{ code: string }>
  #text: string | undefined
  #fault: unknown

  /**
   * @param name of the file, e.g. `./writer-worker.js`
   * @param url of the module next to it. A CommonJS bundle has none
   * @param importText imports the module that has the same code as text
   */
  constructor(name: string, url: string | undefined, importText: () => Promise<{ code: string }>) {
    this.#name = name
    this.#url = url
    this.#importText = importText
  }

  /** Returns the code. Undefined while the text is being loaded, in the event loop. @throws if it cannot be loaded */
  get(): ThreadSource | undefined {
    const file = fileBeside(this.#name, this.#url)
    if (file) return { source: file, eval: false }
    if (this.#fault) throw this.#fault
    if (this.#text !== undefined) return { source: this.#text, eval: true }
    this.load().catch(() => {}) // the next call throws it
    return undefined
  }

  /** Returns the code once it is there. */
  async load(): Promise<ThreadSource> {
    const file = fileBeside(this.#name, this.#url)
    if (file) return { source: file, eval: false }
    try {
      this.#text ??= textOf(await this.#importText())
      return { source: this.#text, eval: true }
    } catch (error) {
      this.#fault = error
      throw error
    }
  }
}

function textOf({ code }: { code: string }): string {
  if (code === '') throw new Error('the code of a thread is missing: the package was not built completely')
  return code
}

/** Returns the file of this name next to the module at `url`, if there is one. */
function fileBeside(name: string, url: string | undefined): URL | undefined {
  if (!url?.startsWith('file:')) return undefined
  const file = new URL(name, url)
  return existsSync(file) ? file : undefined
}
