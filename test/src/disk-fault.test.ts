import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotatedFiles } from 'pino-rank-file/read'
import t from 'tap'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'
import { runRanks } from './kit/ranks.ts'
import { type Exit, node, pathOf, runProcess } from './kit/start-process.ts'

/** Faults of the real system. Other faults are tested with doubles in line-writer.test.ts. */
const limitedRank = [...node, pathOf('limited-rank')]

t.test(
  'with a limited file size, lines that fit are whole, the rest is reported, and the exit code does not change',
  async (t) => {
    const path = join(t.testdir(), 'train.log')
    const { code, stderr } = await runProcess(t, ['sh', '-c', 'ulimit -f 8; exec "$@"', 'sh', ...limitedRank, path])
    t.equal(code, 0)
    const [fault, loss, ...more] = stderr.trimEnd().split('\n')
    t.match(fault, /^pino-rank-file: .*train\.log: EFBIG: .*; lines wait in memory/)
    t.match(loss, /^pino-rank-file: .*train\.log: \d+ lines lost: EFBIG/)
    t.strictSame(more, [], 'nothing else')
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    t.throws(() => JSON.parse(lines.pop() as string), SyntaxError, 'the line that was cut is a line of its own')
    const lost = Number(/(\d+) lines lost/.exec(loss ?? '')?.[1])
    t.equal(lines.length + lost, 1000)
    lines.forEach((line, seq) => {
      if (JSON.parse(line).seq !== seq) t.fail(`line ${seq}: ${line}`)
    })
  },
)

t.test('an error file that cannot be written leaves no temporary file', async (t) => {
  const dir = t.testdir()
  const code = `import { writeErrorFile } from 'pino-rank'
    console.log(writeErrorFile(new RangeError('digit 12')))`
  const env = { TORCHELASTIC_ERROR_FILE: join(dir, 'error.json') }
  const rank = [...node, '--input-type=module', '-e', code]
  const { stdout, stderr } = await runProcess(t, ['sh', '-c', 'ulimit -f 0; exec "$@"', 'sh', ...rank], { env })
  t.strictSame([stdout, stderr], ['false\n', ''])
  t.strictSame(readdirSync(dir), [])
})

const tmpfs = mountedTmpfs('size=256k')
const mounted = tmpfs ? {} : { skip: 'mounting a tmpfs takes root' }

t.test('on a full disk lines are buffered until there is room', mounted, async (t) => {
  const { dir, unmount } = tmpfs as NonNullable<typeof tmpfs>
  t.teardown(unmount)
  const { code, stdout, stderr } = await runProcess(t, [...node, pathOf('full-disk-rank'), dir])
  t.equal(code, 0)
  t.match(stderr, /^pino-rank-file: .*train\.log: ENOSPC: [^\n]*; lines wait in memory[^\n]*\n$/, 'reported once')
  t.strictSame(JSON.parse(stdout), { code: 'ENOSPC', drops: 0 })
  const lines = readFileSync(join(dir, 'train.log'), 'utf8').trimEnd().split('\n')
  const whole = lines.filter((line) => /^\{.*\}$/.test(line))
  const seqs = whole.map((line) => JSON.parse(line).seq)
  t.strictSame(
    seqs,
    Array.from({ length: 2000 }, (_, seq) => seq),
  )
  t.ok(lines.length - whole.length <= 1, 'a short write leaves at most one fragment')
})

/**
 * Returns the whole lines of 4 ranks with their counts, by `rank.seq`, the fragments, and the number of lines that the ranks reported as
 * lost.
 */
function census(texts: string[], exits: Exit[]) {
  const found = new Map<string, number>()
  const fragments = texts
    .flatMap((text) => text.split('\n').slice(0, -1))
    .filter((line) => {
      const match = /^\{"rank":(\d),"seq":(\d+),"fill":"x*"\}$/.exec(line)
      if (match) found.set(`${match[1]}.${match[2]}`, (found.get(`${match[1]}.${match[2]}`) ?? 0) + 1)
      return !match
    })
  // a rank may have two reports: lines that the disk did not accept, and lines that were cut by a line of another rank
  const reports = exits.flatMap(({ stderr }) => [...stderr.matchAll(/: (\d+) lines? lost/g)])
  const lost = reports.reduce((sum, [, lines]) => sum + Number(lines), 0)
  return { found, fragments, twice: [...found].filter(([, times]) => times > 1), lost }
}

for (const rotate of [undefined, { maxBytes: 60_000 }]) {
  const name = `4 ranks on a nearly full disk${rotate ? ', with rotation' : ''}: each line is whole, or counted as lost`
  t.test(name, mounted, async (t) => {
    const { dir, unmount } = mountedTmpfs('size=800k') as Mounted
    t.teardown(unmount)
    for (let i = 0; i < 40; i++) writeFileSync(join(dir, `filler.${i}`), Buffer.alloc(16_384))
    const path = join(dir, 'train.log')
    const count = 1500
    const args = [path, JSON.stringify({ flushBytes: 8192, ...(rotate && { rotate }) }), `${count}`, t.testdir()]
    const exits = await runRanks(t, 'full-disk-writers', { ranks: 4, args })
    t.strictSame(
      exits.map(({ code }) => code),
      [0, 0, 0, 0],
    )
    const texts = rotatedFiles(path).map((file) => readFileSync(file, 'utf8'))
    t.ok(
      texts.every((text) => text === '' || text.endsWith('\n')),
      'no file ends in a fragment',
    )
    const { found, fragments, twice, lost } = census(texts, exits)
    t.ok(fragments.length > 0, 'the disk cut lines')
    t.strictSame(
      fragments.filter((line) => line.indexOf('{"rank"', 1) !== -1),
      [],
      'no line follows a fragment on the same line',
    )
    t.strictSame(twice, [])
    t.equal(found.size + lost, 4 * count)
  })
}

for (const ranks of [1, 4]) {
  const name = `${ranks} ranks on a disk without a free inode write to the same file, and rotate once there is one`
  t.test(name, mounted, async (t) => {
    const { dir, unmount } = mountedTmpfs('size=16m,nr_inodes=12') as Mounted
    t.teardown(unmount)
    const path = join(dir, 'train.log')
    const count = 6000 / ranks
    const barriers = t.testdir({ full: {}, again: {} })
    const write = async (barrier: string) => {
      const options = { flushBytes: 1024, rotate: { maxBytes: 30_000 } }
      const args = [path, JSON.stringify(options), `${count}`, join(barriers, barrier)]
      const exits = await runRanks(t, 'full-disk-writers', { ranks, args })
      return {
        exits,
        files: rotatedFiles(path),
        ...census(
          rotatedFiles(path).map((file) => readFileSync(file, 'utf8')),
          exits,
        ),
      }
    }
    const full = await write('full')
    t.equal(full.found.size, ranks * count, 'every line is there')
    t.strictSame([full.fragments, full.twice, full.lost], [[], [], 0])
    t.ok(full.files.length >= 8, `${full.files.length} files`)
    // a rank does not rotate while another rank does; it may then find that the file was renamed, and that it cannot create a new one
    const reports = full.exits.flatMap(({ stderr }) => stderr.split('\n').slice(0, -1))
    const failed =
      /^pino-rank-file: [^\n]*: rotation failed: ENOSPC: [^\n]*make room on the disk[^\n]*lines are still written$/
    const stayed =
      /^pino-rank-file: [^\n]*: ENOSPC: [^\n]*lines are appended to the renamed file until a new one can be created$/
    t.ok(
      reports.some((report) => failed.test(report)),
      'it is reported',
    )
    for (const report of reports) t.ok(failed.test(report) || (ranks > 1 && stayed.test(report)), report)
    for (const kind of [failed, stayed]) {
      for (const { stderr } of full.exits)
        t.ok(stderr.split('\n').filter((line) => kind.test(line)).length <= 1, 'once a rank')
    }
    t.strictSame(
      readdirSync(dir).filter((name) => name.startsWith('.')),
      [],
    )
    for (const file of full.files.slice(0, -1)) rmSync(file)
    const again = await write('again')
    t.equal(again.found.size, ranks * count)
    t.ok(again.files.length > 2)
  })
}

t.test('a path that cannot be opened is reported once, and the program continues', async (t) => {
  const dir = t.testdir({ folder: {} })
  const { code, stderr } = await runProcess(t, [...limitedRank, join(dir, 'folder')])
  t.equal(code, 0)
  t.match(stderr.split('\n'), [/^pino-rank-file: .*folder: EISDIR/, /1000 lines lost: EISDIR/, ''])
})
