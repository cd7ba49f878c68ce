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

const run = (t: Test, way: string, options: object, ranks = 3) =>
  runRanks(t, program, { ranks, args: [way, JSON.stringify(options)] })

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

for (const way of ways) {
  t.test(
    `${way}: on FUSE, ranks outside "ranks" write to their own files, and only rank 0 reports it`,
    mounted,
    async (t) => {
      const dir = join(mount?.dir ?? '', way.replace(/\W/g, '-'))
      const exits = await run(t, way, { path: join(dir, 'train.log') })
      const [first, ...others] = exits.map(({ stderr }) => stderr)
      t.match(first, /^pino-rank-file: \S+train\.log: on FUSE, [^\n]+ to \S+\/train\.errors\.rank-N\.log\n$/)
      t.strictSame(others, ['', ''])
      t.strictSame(logs(dir), {
        'train.errors.rank-1.log': ['1 error'],
        'train.errors.rank-2.log': ['2 error'],
        'train.log': ['0 error', '0 info'],
      })
    },
  )

  t.test(`${way}: on FUSE, the ranks of "ranks" share the file`, mounted, async (t) => {
    const dir = join(mount?.dir ?? '', `${way.replace(/\W/g, '-')}-some`)
    await run(t, way, { path: join(dir, 'train.log'), ranks: '1-' })
    t.strictSame(logs(dir), {
      'train.errors.rank-0.log': ['0 error'],
      'train.log': ['1 error', '1 info', '2 error', '2 info'],
    })
  })

  t.test(`${way}: on a local disk all ranks share the file, and nothing is reported`, async (t) => {
    const dir = t.testdir()
    const exits = await run(t, way, { path: join(dir, 'train.log') })
    t.strictSame(
      exits.map(({ stderr }) => stderr),
      ['', '', ''],
    )
    t.strictSame(logs(dir), { 'train.log': ['0 error', '0 info', '1 error', '2 error'] })
  })

  t.test(
    `${way}: a link out of the fixed folder is reported once a rank, lines are lost, and the program continues`,
    async (t) => {
      const dir = t.testdir({ logs: {}, out: {} })
      symlinkSync('../out', join(dir, 'logs/conformance'))
      const options = { path: join(dir, 'logs/{runKey}/train.log'), followSymlinks: false }
      for (const { code, stderr } of await run(t, way, options)) {
        t.equal(code, 0)
        t.match(stderr, /^pino-rank-file: [^\n]*ELOOP: [^\n]* a symbolic link leads out of [^\n]*\/logs\b/)
        t.match(stderr, /\d lines? lost/)
      }
      t.strictSame(readdirSync(join(dir, 'out')), [])
    },
  )
}

t.test('a run directory behind a link gets no claim file', async (t) => {
  const dir = t.testdir({ logs: {}, out: {} })
  mkdirSync(join(dir, 'logs/conformance'))
  symlinkSync('../../out', join(dir, 'logs/conformance/runs'))
  const options = { path: 'train.log', runDirectory: join(dir, 'logs/{runKey}/runs'), followSymlinks: false }
  for (const { stderr } of await run(t, 'rankLogger', options)) t.match(stderr, /ELOOP/)
  t.strictSame(readdirSync(join(dir, 'out')), [])
})
