import { existsSync } from 'node:fs'

/** The argument of `new Worker`: the file of a thread, or its code with the option `eval`. */
export interface ThreadSource {
  source: URL | string
  eval: boolean
}

/**
 * Finds the code of a thread. Usually it is a file next to the module that starts the thread. A bundler includes that module, but
 * not the file. In a bundle the code is therefore the text in a second module, which bundlers include because it is imported.
 */
export class ThreadCode {
  readonly #name: string
  readonly #url: string | undefined
  readonly #importText: () => Promise<{ code: string }>
  #text: string | undefined
  #fault: unknown

  /**
   * @param name the name of the file, e.g. `./writer-worker.js`
   * @param url the URL of the module next to it. A CommonJS bundle has none
   * @param importText imports the module that has the same code as text
   */
  constructor(name: string, url: string | undefined, importText: () => Promise<{ code: string }>) {
    this.#name = name
    this.#url = url
    this.#importText = importText
  }

  /** Returns the code. Undefined while the text is loaded in the event loop. @throws if it could not be loaded */
  get(): ThreadSource | undefined {
    const file = fileNextTo(this.#name, this.#url)
    if (file) return { source: file, eval: false }
    if (this.#fault) throw this.#fault
    if (this.#text !== undefined) return { source: this.#text, eval: true }
    this.load().catch(() => {}) // the next call throws the error
    return undefined
  }

  /** Returns the code when it is loaded. */
  async load(): Promise<ThreadSource> {
    const file = fileNextTo(this.#name, this.#url)
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
function fileNextTo(name: string, url: string | undefined): URL | undefined {
  if (!url?.startsWith('file:')) return undefined
  const file = new URL(name, url)
  return existsSync(file) ? file : undefined
}
