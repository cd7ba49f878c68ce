/**
 * The result of one test. A test that never ends also ends its file. tap then reports the tests after it as not run (`unrun`),
 * and node:test cancels that test and the tests after it (`cancelled`).
 */
export interface TestResult {
  /** The names of the tests around it, and its own. A second test of the same name in the same group ends in ` (2)`. */
  path: readonly string[]
  status: 'passed' | 'failed' | 'skipped' | 'unrun' | 'cancelled'
  /** The printed text about the failure. */
  detail: string
}

interface OpenTest {
  indent: number
  name: string
  isGroup: boolean
  hasFailedChild: boolean
  detail: string[]
}

const subtestLine = /^( *)# Subtest: (.*)$/
const resultLine = /^( *)(not ok|ok) \d+(?: - )?(.*)$/
const unrunName = /^child test left in queue: (.*?)(?: # .*)?$/
const directive = / # (SKIP|TODO)\b/i
const filtered = / # SKIP (filter: |test name does not match)/

/** The most lines in the detail of a failure. */
const maxDetail = 30

/**
 * Reads the results in the TAP output of node:test and tap. Assertions do not count as tests. A test with subtests counts only
 * if it failed and no subtest of it did.
 */
export class TapReader {
  readonly #results: TestResult[] = []
  readonly #open: OpenTest[] = []
  readonly #times = new Map<string, number>()
  /** The last result, while the following lines describe its failure. */
  #failed: TestResult | undefined

  /** Returns the tests of a text. */
  static read(text: string): TestResult[] {
    const reader = new TapReader()
    for (const line of text.split('\n')) reader.#readLine(line)
    return reader.#end()
  }

  #readLine(line: string): void {
    const [, deeper, name] = subtestLine.exec(line) ?? []
    if (deeper !== undefined && name !== undefined) {
      this.#begin(deeper.length, name.replaceAll('\\#', '#'))
      return
    }
    const [, indent = '', verdict, rest = ''] = resultLine.exec(line) ?? []
    const top = this.#open.at(-1)
    const [, unrun] = unrunName.exec(rest) ?? []
    if (unrun !== undefined) this.#add(unrun, 'unrun')
    else if (verdict && top?.indent === indent.length) this.#close(top, verdict === 'ok', rest)
    else if (this.#failed) this.#addDetail(this.#failed, line.trim())
    else if (top && (verdict === 'not ok' || top.detail.length > 0)) top.detail.push(line.trim())
  }

  /** Adds a line after a failed test. node:test describes a failure after it, and tap before and after it. */
  #addDetail(failed: TestResult, line: string): void {
    if (line === "failureType: 'cancelledByParent'") failed.status = 'cancelled'
    if (failed.detail.split('\n').length < maxDetail) failed.detail += `\n${line}`
  }

  #begin(indent: number, name: string): void {
    this.#failed = undefined
    const parent = this.#open.at(-1)
    if (parent) parent.isGroup = true
    this.#open.push({ indent, name, isGroup: false, hasFailedChild: false, detail: [] })
  }

  #close(test: OpenTest, isOk: boolean, rest: string): void {
    this.#open.pop()
    this.#failed = undefined
    if (filtered.test(rest)) return
    if (directive.test(rest)) this.#add(test.name, 'skipped')
    else if (!isOk) this.#fail(test)
    else if (!test.isGroup) this.#add(test.name, 'passed')
  }

  #fail(test: OpenTest): void {
    const parent = this.#open.at(-1)
    if (parent) parent.hasFailedChild = true
    if (test.hasFailedChild) return
    this.#add(test.name, 'failed', test.detail.slice(0, maxDetail).join('\n'))
    this.#failed = this.#results.at(-1)
  }

  #add(name: string, status: TestResult['status'], detail = ''): void {
    const path = [...this.#open.map((test) => test.name), name]
    const key = JSON.stringify(path)
    const times = (this.#times.get(key) ?? 0) + 1
    this.#times.set(key, times)
    if (times > 1) path.push(`${path.pop()} (${times})`)
    this.#results.push({ path, status, detail })
    const parent = this.#open.at(-1)
    if (parent && status === 'unrun') parent.hasFailedChild = true
  }

  #end(): TestResult[] {
    for (let test = this.#open.pop(); test; test = this.#open.pop()) {
      test.detail.push('it did not end')
      this.#fail(test)
    }
    return this.#results
  }
}
