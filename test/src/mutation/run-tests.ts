import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment } from '../kit/start-process.ts'
import { type Executed, readCoverage } from './coverage.ts'
import { type Mutant, withMutant } from './mutants.ts'

/** A test file, and what it executes. */
export interface CoveredTest {
  /** Relative to the copy. */
  path: string
  /** How long it takes alone, in ms. */
  ms: number
  executed: Executed
}

export type Verdict = 'noticed' | 'not noticed' | 'not executed'

/** The tests that run now. A fault may keep one of them busy forever, so they end with this process. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) end(child)
})

/** A copy of the repository that tests run in, one at a time. */
export class TestRunner {
  readonly #copy: string

  constructor(copy: string) {
    this.#copy = copy
  }

  /** Runs a test without a fault. @returns undefined if it fails */
  async cover(path: string): Promise<CoveredTest | undefined> {
    const dir = mkdtempSync(join(this.#copy, 'coverage-'))
    const began = performance.now()
    const passes = await this.#run(path, 300_000, dir)
    const ms = performance.now() - began
    const executed = readCoverage(dir, join(this.#copy, 'packages'))
    rmSync(dir, { recursive: true, force: true })
    return passes ? { path, ms, executed } : undefined
  }

  /**
   * Puts a fault into a module and runs the tests that execute it, the shortest first, until one fails.
   *
   * @param budgetMs for all of these tests
   */
  async judge(module: string, mutant: Mutant, tests: readonly CoveredTest[], budgetMs: number): Promise<Verdict> {
    const path = join(this.#copy, module)
    const covering = tests.filter(({ executed }) => executed.get(path)?.[mutant.start]).sort((a, b) => a.ms - b.ms)
    if (covering.length === 0) return 'not executed'
    const code = readFileSync(path, 'utf8')
    writeFileSync(path, withMutant(code, mutant))
    try {
      let spentMs = 0
      for (const test of covering) {
        if (spentMs > budgetMs) break
        const began = performance.now()
        if (!(await this.#run(test.path, 3 * test.ms + 5000))) return 'noticed'
        spentMs += performance.now() - began
      }
      return 'not noticed'
    } finally {
      writeFileSync(path, code)
    }
  }

  /** Runs a test in a process group of its own. @returns whether it passed in time */
  async #run(path: string, timeoutMs: number, coverage?: string): Promise<boolean> {
    mkdirSync(join(this.#copy, '.tap'), { recursive: true })
    const child = spawn(process.execPath, [path], {
      cwd: this.#copy,
      detached: true,
      stdio: 'ignore',
      env: {
        ...cleanEnvironment(),
        ...(coverage !== undefined && { NODE_V8_COVERAGE: coverage, TEST_COVERAGE: coverage }),
      },
    })
    running.add(child)
    const timer = setTimeout(() => end(child), timeoutMs)
    const [code] = await once(child, 'exit')
    clearTimeout(timer)
    running.delete(child)
    end(child) // and what it started
    return code === 0
  }
}

function end({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), 'SIGKILL')
  } catch {} // the group is gone
}
