// Puts small faults into the packages, one at a time, and reports those that no test notices.
// `npm run mutate -- [--package NAME] [--count N] [--seed N] [--budget SECONDS] [--jobs N] [--tests TEXT]`
// `--tests` uses only the tests whose path contains the text, or one of several. Without it all tests run once at first, which takes
// minutes.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf, sampleOf } from './mutation/mutants.ts'
import { type CoveredTest, TestRunner, type Verdict } from './mutation/run-tests.ts'
import { makeSandbox } from './mutation/sandbox.ts'

const { values } = parseArgs({
  options: {
    package: { type: 'string', multiple: true },
    count: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    budget: { type: 'string', default: '60' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    tests: { type: 'string', multiple: true, default: [''] },
  },
})
/** The share of the faults that the tests must notice, for each package. */
const minNoticed = 0.8

interface Fault {
  /** Path of the module, relative to the copy. */
  module: string
  mutant: Mutant
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), 'mutate-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const packages = values.package ?? readdirSync(join(root, 'packages'))
const copies = Array.from({ length: Number(values.jobs) }, (_, job) => join(temporary, String(job)))
for (const copy of copies) makeSandbox(root, copy)
const faults = packages.flatMap((name) => sampleOf(faultsOf(name), Number(values.count), Number(values.seed), keyOf))
const tests = await coverAll()
const verdicts = await shared(faults, (fault, copy) => judge(fault, copy))
let isGood = true
for (const name of packages) report(name)
process.exitCode = isGood ? 0 : 1

function faultsOf(name: string): Fault[] {
  const dist = join('packages', name, 'dist')
  return readdirSync(join(root, dist), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js') && !/^bundle|\.test(-kit)?\.js$|(^|\/)index\.js$/.test(path))
    .filter((path) => existsSync(join(root, 'packages', name, 'src', path.replace(/\.js$/, '.ts')))) // not of a removed source
    .flatMap((path) => {
      const module = join(dist, path)
      return mutantsOf(readFileSync(join(root, module), 'utf8')).map((mutant) => ({ module, mutant }))
    })
}

function keyOf({ module, mutant }: Fault): string {
  return `${module} ${mutant.start} ${mutant.what}`
}

/** Runs every test once, and reads which code it executes. Tests that fail without a fault are left out. */
async function coverAll(): Promise<Map<string, CoveredTest[]>> {
  const paths = ['packages', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(
        (path) =>
          path.endsWith('.test.js') &&
          path.includes('dist') &&
          !path.includes('node_modules') &&
          !path.startsWith('interop'),
      )
      .map((path) => join(folder, path))
      .filter((path) => values.tests.some((part) => path.includes(part))),
  )
  const covered = new Map(copies.map((copy) => [copy, [] as CoveredTest[]]))
  const failed: string[] = []
  await shared(paths, async (path, copy) => {
    const test = await new TestRunner(copy).cover(path)
    if (!test) failed.push(path)
    else for (const other of copies) covered.get(other)?.push(moved(test, copy, other))
    note(`${path}: ${test ? `${Math.round(test.ms)} ms` : 'fails without a fault, or needs the bundles: left out'}`)
  })
  note(`${paths.length - failed.length} test files of ${paths.length}`)
  return covered
}

/** Returns a test with the paths of another copy. */
function moved({ executed, ...test }: CoveredTest, from: string, to: string): CoveredTest {
  return { ...test, executed: new Map([...executed].map(([path, bytes]) => [path.replace(from, to), bytes])) }
}

async function judge({ module, mutant }: Fault, copy: string): Promise<Verdict> {
  const verdict = await new TestRunner(copy).judge(module, mutant, tests.get(copy) ?? [], 1000 * Number(values.budget))
  note(`${placeOf({ module, mutant })}: ${mutant.what}: ${verdict}`)
  return verdict
}

/** Calls `work` for each item, at most once at a time per copy. @returns the results in the order of the items */
async function shared<Item, Result>(
  items: readonly Item[],
  work: (item: Item, copy: string) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const left = items.entries()
  await Promise.all(
    copies.map(async (copy) => {
      for (const [at, item] of left) results[at] = await work(item, copy)
    }),
  )
  return results
}

function report(name: string): void {
  const own = faults.flatMap((fault, at) => {
    const verdict = verdicts[at] as Verdict
    return fault.module.startsWith(join('packages', name, 'dist')) ? [{ fault, verdict }] : []
  })
  const missed = own.filter(({ verdict }) => verdict !== 'noticed')
  const part = own.length === 0 ? 1 : 1 - missed.length / own.length
  if (part < minNoticed) isGood = false
  console.log(`${name}: ${own.length - missed.length} of ${own.length} faults noticed (${Math.round(100 * part)} %)`)
  for (const { fault, verdict } of missed) console.log(`  ${placeOf(fault)}: ${fault.mutant.what}: ${verdict}`)
}

/** Returns the path, the line number and the text of the line of a fault. */
function placeOf({ module, mutant }: Fault): string {
  const code = readFileSync(join(root, module), 'utf8')
  const before = code.slice(0, mutant.start)
  const start = before.lastIndexOf('\n') + 1
  const text = code.slice(start, code.indexOf('\n', mutant.start)).trim()
  return `${module}:${before.split('\n').length}: \`${text.slice(0, 90)}\``
}

function note(text: string): void {
  process.stderr.write(`mutate: ${text}\n`)
}
