import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { node, type Owner, startProcess } from '../../../dist/kit/start-process.js'
import { installPeer, testFiles } from './install-peer.ts'
import { placeStandIns } from './place-stand-ins.ts'
import type { Suite } from './suites.ts'
import { TapReader, type TestResult } from './tap-reader.ts'

/** The longest time for a test file, in ms. */
const timeoutMs = 180_000

/** The most runs of a file, which is run again for the tests that another test kept from running. */
const maxRuns = 60

/** A test of a suite. Its name has its file and the tests around it: `end.test.js > sync true > end if not ready`. */
export interface SuiteResult extends Omit<TestResult, 'path'> {
  name: string
}

/**
 * Runs a suite and returns its tests. A file with an unexpected failure is run once more, because
 * some of the peers' tests depend on timing.
 *
 * @param onFile called with the name of each file before it runs
 */
export async function runSuite(
  owner: Owner,
  suite: Suite,
  onFile: (file: string) => void = () => {},
): Promise<SuiteResult[]> {
  const { peer, version, standIns } = suite
  const root = placeStandIns(installPeer(peer, version), peer, standIns)
  const folder = join(root, 'node_modules', peer)
  const listed = listedTests(suite)
  const results: SuiteResult[] = []
  try {
    for (const file of filesOf(suite, folder)) {
      onFile(file)
      const run = () => runFile(owner, suite, folder, file)
      const first = await run()
      results.push(...(unlistedFailures(first, listed).length > 0 ? await run() : first))
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  return results
}

function filesOf({ files, leftOut }: Suite, folder: string): string[] {
  return testFiles(folder).filter((file) => files.test(file) && !leftOut.some(([pattern]) => pattern.test(file)))
}

/** Selects tests of a file. @default all */
interface TestFilter {
  /** A value of tap's variable TAP_GREP. */
  grep?: string
  /** A pattern of names for node:test. */
  pattern?: string
}

/** Runs a file, and then the tests that another test kept from running. */
async function runFile(owner: Owner, suite: Suite, folder: string, file: string): Promise<SuiteResult[]> {
  const results = new Map<string, SuiteResult>()
  const [leftOut] = suite.leftOutTests ?? []
  const filters: TestFilter[] = [leftOut === undefined ? {} : { grep: `/^(?!${leftOut})/` }]
  for (const filter of filters) {
    const all = await runTests(owner, folder, file, filter)
    const tests = all.filter(({ path }) => leftOut === undefined || !path[0]?.startsWith(leftOut))
    for (const { path, status, detail } of tests) {
      results.delete([file, ...path.slice(0, -1)].join(' > ')) // the tests of a group that did not run are known now
      const name = [file, ...path].join(' > ')
      results.set(name, { name, status, detail })
    }
    if (!filter.pattern && filters.length < maxRuns) filters.push(...filtersOf(tests))
  }
  return [...results.values()]
}

function filtersOf(tests: readonly TestResult[]): TestFilter[] {
  const cancelled = tests.filter(({ status }) => status === 'cancelled')
  const places = new Map<string, string[]>()
  for (const { path, status } of tests) {
    if (status !== 'unrun') continue
    const place = path
      .slice(0, -1)
      .map((name) => `/${exactly(name)}/\n`)
      .join('')
    places.set(place, [...(places.get(place) ?? []), path.at(-1) ?? ''])
  }
  return [
    ...[...places].map(([place, names]) => ({ grep: `${place}/${exactly(...names)}/` })),
    ...cancelled.map(({ path }) => ({ pattern: exactly(path.at(-1) ?? '') })),
  ]
}

function exactly(...names: string[]): string {
  return `^(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})$`
}

async function runTests(owner: Owner, folder: string, file: string, filter: TestFilter): Promise<TestResult[]> {
  const { grep, pattern } = filter
  const names = pattern === undefined ? [] : [`--test-name-pattern=${pattern}`]
  const command = [...node, '--test-reporter=tap', ...names, join('test', file)]
  const child = startProcess(owner, command, { cwd: folder, detached: true, env: { TAP_GREP: grep } })
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), timeoutMs) // and the processes that it has started
  const { code, signal, stdout, stderr } = await child.exit
  clearTimeout(timer)
  const results = TapReader.read(stdout)
  if (code === 0 || results.some(isFailure)) return results
  const detail = `${signal ?? `exit ${code}`}\n${stderr.slice(-2000)}`
  return [...results, { path: ['(the whole file)'], status: 'failed', detail }]
}

function isFailure({ status }: Pick<SuiteResult, 'status'>): boolean {
  return status !== 'passed' && status !== 'skipped'
}

/** Returns the tests that must fail, each with its reason. */
export function listedTests({ differences }: Pick<Suite, 'differences'>): Map<string, string> {
  return new Map(differences.flatMap(([reason, tests]) => tests.map((test) => [test, reason] as const)))
}

/** Returns the tests that fail and are not listed. */
export function unlistedFailures(results: readonly SuiteResult[], listed: ReadonlyMap<string, string>): SuiteResult[] {
  return results.filter((result) => isFailure(result) && !listed.has(result.name))
}

/** Returns the listed tests that do not fail, each with its status. */
export function listedWithoutFailure(results: readonly SuiteResult[], listed: ReadonlyMap<string, string>): string[] {
  const found = new Map(results.map((result) => [result.name, result]))
  return [...listed.keys()].flatMap((name) => {
    const result = found.get(name)
    return result && isFailure(result) ? [] : [`${name}: ${result?.status ?? 'there is no such test'}`]
  })
}
