import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fuseMount } from './kit/fuse-mount.ts'
import { runRanks } from './kit/ranks.ts'

// Log files on a FUSE mount, on a local disk and behind symbolic links.
const program = new URL('./programs/placed-rank.js', import.meta.url)
const ways = [
  'rankLogger',
  'rankLogger through pino-rank/target',
  'pure JSON',
  'fileStream under rankLogger',
  'fileStream',
]

/** Returns the name of a way as a part of a path. */
const partOf = (way: string) => way.replace(/\W/g, '-')

/** Runs ranks that log by all ways, each to the file `train.log` of its own folder. Returns their stderr, by way. */
async function run(
  t: Test,
  ranks: number,
  folderOf: (way: string) => string,
  options: object = {},
): Promise<Record<string, string[]>> {
  const all = Object.fromEntries(ways.map((way) => [way, { path: join(folderOf(way), 'train.log'), ...options }]))
  const exits = await runRanks(t, program, { ranks, args: [JSON.stringify(all)] })
  const of = (way: string, text: string) => text.split(/(?<=\n)/).filter((line) => line.includes(`/${partOf(way)}/`))
  for (const { code, stderr } of exits) {
    t.equal(code, 0)
    t.equal(ways.flatMap((way) => of(way, stderr)).length, stderr.split('\n').length - 1, stderr)
  }
  return Object.fromEntries(ways.map((way) => [way, exits.map(({ stderr }) => of(way, stderr).join(''))]))
}

/** Returns the ranks and messages of each log in a folder. */
function logs(dir: string): Record<string, string[]> {
  const read = (name: string) =>
    readFileSync(join(dir, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ rank, msg }) => (rank === undefined ? msg : `${rank} ${msg}`))
      .sort()
  return Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [name, read(name)]),
  )
}

const mount = fuseMount()
const mounted = mount ? {} : { skip: 'bindfs is not installed, or may not mount' }
t.teardown(() => mount?.unmount())

const ownFolder = (folder: string) => (way: string) => join(folder, partOf(way))

t.test('on FUSE, ranks outside "ranks" write to their own files, and only rank 0 reports it', mounted, async (t) => {
  const folderOf = ownFolder(join(mount?.dir ?? '', 'outside'))
  for (const [way, [first, ...others]] of Object.entries(await run(t, 3, folderOf))) {
    t.match(first, /^pino-rank-file: \S+train\.log: on FUSE, [^\n]+ to \S+\/train\.errors\.rank-N\.log\n$/, way)
    t.strictSame(others, ['', ''], way)
    const expected = {
      'train.errors.rank-1.log': ['1 error'],
      'train.errors.rank-2.log': ['2 error'],
      'train.log': ['0 error', '0 info'],
    }
    t.strictSame(logs(folderOf(way)), expected, way)
  }
})

t.test('on FUSE, the ranks of "ranks" share the file', mounted, async (t) => {
  const folderOf = ownFolder(join(mount?.dir ?? '', 'some'))
  await run(t, 3, folderOf, { ranks: '1-' })
  const expected = {
    'train.errors.rank-0.log': ['0 error'],
    'train.log': ['1 error', '1 info', '2 error', '2 info'],
  }
  for (const way of ways) t.strictSame(logs(folderOf(way)), expected, way)
})

t.test('on a local disk all ranks share the file, and nothing is reported', async (t) => {
  const folderOf = ownFolder(t.testdir())
  for (const [way, stderr] of Object.entries(await run(t, 3, folderOf))) {
    t.strictSame(stderr, ['', '', ''], way)
    t.strictSame(logs(folderOf(way)), { 'train.log': ['0 error', '0 info', '1 error', '2 error'] }, way)
  }
})

t.test(
  'each rank reports once a symbolic link that leads out of the log folder, its lines are dropped, and the program continues',
  async (t) => {
    const dir = t.testdir()
    for (const way of ways) {
      for (const folder of ['logs', 'out']) mkdirSync(join(dir, partOf(way), folder), { recursive: true })
      symlinkSync('../out', join(dir, partOf(way), 'logs/conformance'))
    }
    const found = await run(t, 3, (way) => join(dir, partOf(way), 'logs/{runKey}'), { followSymlinks: false })
    for (const [way, texts] of Object.entries(found)) {
      for (const stderr of texts) {
        t.match(stderr, /^pino-rank-file: [^\n]*ELOOP: [^\n]* a symbolic link leads out of [^\n]*\/logs\b/, way)
        t.match(stderr, /\d lines? lost/, way)
      }
      t.strictSame(readdirSync(join(dir, partOf(way), 'out')), [], way)
    }
  },
)

t.test('a run directory behind a link gets no claim file', async (t) => {
  const dir = t.testdir({ logs: {}, out: {} })
  mkdirSync(join(dir, 'logs/conformance'))
  symlinkSync('../../out', join(dir, 'logs/conformance/runs'))
  const options = { path: 'train.log', runDirectory: join(dir, 'logs/{runKey}/runs'), followSymlinks: false }
  const args = [JSON.stringify({ rankLogger: options })]
  for (const { stderr } of await runRanks(t, program, { ranks: 2, args })) t.match(stderr, /ELOOP/)
  t.strictSame(readdirSync(join(dir, 'out')), [])
})
