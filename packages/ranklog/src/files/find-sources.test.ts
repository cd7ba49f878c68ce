import { symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { InputError } from '../cli/index.ts'
import { type Found, findLogs, findSources } from './find-sources.ts'
import { mergeMark } from './merge-mark.ts'

/** Returns the label and the files of each source, relative to a folder. */
const sourcesIn = (dir: string, { sources }: Found) =>
  sources.map(({ label, files }) => [label, files.map((file) => relative(dir, file)).join(' ')])

const manifest = (rank: number, files: string[], more: object = {}) =>
  JSON.stringify({
    version: 1,
    rank,
    host: 'h',
    pid: 7,
    files,
    startedAt: '2025-01-01T00:00:00.000Z',
    updatedAt: '2025-01-01T00:01:00.000Z',
    drops: 0,
    exit: 0,
    ...more,
  })

t.test('the logs of a folder are sorted by rank, then by name, with their rotated files, oldest first', async (t) => {
  const dir = t.testdir({
    'b10.log': '',
    'b9.log': '',
    'train.rank-10.log': '',
    'train.rank-2.log': '',
    'train.rank-2.1.log': '',
    'train.rank-2.2.log': '',
    'notes.txt': '',
    'other.ndjson': '',
    'steps.jsonl': '',
    folder: { 'inner.log': '' },
  })
  const found = await findSources([dir])
  t.strictSame(sourcesIn(dir, found), [
    ['2', 'train.rank-2.1.log train.rank-2.2.log train.rank-2.log'],
    ['10', 'train.rank-10.log'],
    ['b9.log', 'b9.log'],
    ['b10.log', 'b10.log'],
    ['other.ndjson', 'other.ndjson'],
    ['steps.jsonl', 'steps.jsonl'],
  ])
  t.strictSame([found.folders, found.manifests, found.problems], [[dir], [], []])
  t.strictSame(
    found.sources.map(({ rank, isStream }) => [rank, isStream]),
    [2, 10, undefined, undefined, undefined, undefined].map((rank) => [rank, undefined]),
  )
})

t.test('the attempts of a rank are one log, in the order of their numbers', async (t) => {
  const dir = t.testdir({
    'attempt-2': { 'train.rank-0.log': '' },
    'attempt-10': { 'train.rank-0.log': '', 'train.rank-1.log': '' },
    'attempt-1': { 'train.rank-0.log': '' },
    'attempt-x': { 'train.rank-0.log': '' },
  })
  const found = await findSources([dir])
  const inAttempts = (rank: number, ...attempts: number[]) =>
    attempts.map((attempt) => `attempt-${attempt}/train.rank-${rank}.log`).join(' ')
  t.strictSame(sourcesIn(dir, found), [
    ['0', inAttempts(0, 1, 2, 10)],
    ['1', inAttempts(1, 10)],
  ])
  t.equal(found.sources[0]?.active, join(dir, 'attempt-10/train.rank-0.log'))
})

t.test('files, globs and manifests can be given, and a file is listed once', async (t) => {
  const dir = t.testdir({ 'a.log': '', 'a.log.1': '', 'c.rank-3.log': '', 'd.rank-11.log': '' })
  const at = (...names: string[]) => names.map((name) => join(dir, name))
  t.strictSame(sourcesIn(dir, await findSources(at('a.log'))), [['a.log', 'a.log.1 a.log']])
  t.strictSame(sourcesIn(dir, await findSources(at('a.log.1'))), [['a.log.1', 'a.log.1']], 'a rotated file alone')
  t.strictSame(sourcesIn(dir, await findSources(at('*.rank-*.log'))), [
    ['3', 'c.rank-3.log'],
    ['11', 'd.rank-11.log'],
  ])
  t.strictSame(sourcesIn(dir, await findSources(at('c.rank-3.log', '*.rank-3.log', 'c.rank-3.log'))), [
    ['3', 'c.rank-3.log'],
  ])
  symlinkSync('c.rank-3.log', join(dir, 'link.rank-3.log'))
  t.equal((await findSources(at('c.rank-3.log', 'link.rank-3.log'))).sources.length, 1, 'also with two names')
})

t.test('a device is a stream', async (t) => {
  const { sources } = await findSources(['/dev/null'])
  t.match(sources, [{ label: 'null', files: ['/dev/null'], isStream: true }])
})

t.test('paths without a log are refused, with the reason', async (t) => {
  const dir = t.testdir({ empty: {}, texts: { 'a.txt': '' }, 'bad.json': '{}', 'torn.json': '{' })
  const cases: [path: string, message: RegExp][] = [
    ['empty', /empty: no logs in this folder/],
    ['texts', /texts: no logs in this folder/],
    ['missing', /missing: no such file or folder/],
    ['missing*.log', /no such file or folder/],
    ['bad.json', /bad\.json: not a manifest/],
    ['torn.json', /torn\.json: not a manifest/],
    [`empty/${'x'.repeat(300)}`, /ENAMETOOLONG/],
  ]
  for (const [path, message] of cases) {
    const error = await findSources([join(dir, path)]).catch((error) => error)
    t.ok(error instanceof InputError, path)
    t.match(error.message, message)
  }
})

t.test('a folder’s manifests name the rank and host of its files, and one that is invalid is a problem', async (t) => {
  const dir = t.testdir({
    'a.log': '',
    'a.1.log': '',
    'b.log': '',
    'a.json': manifest(4, ['a.1.log', 'a.log']),
    'b.json': manifest(1, ['../b.log']),
    'c.json': '{"not":"a manifest"}',
    'd.json': manifest(2, ['gone.log']),
    'attempt-1': { 'e.json': manifest(3, [], { pid: -1 }), 'e.log': '' },
  })
  const found = await findSources([dir])
  t.strictSame(sourcesIn(dir, found), [
    ['2', 'gone.log'],
    ['4', 'a.1.log a.log'],
    ['b.log', 'b.log'],
    ['e.log', 'attempt-1/e.log'],
  ])
  t.match(found.sources[1], { rank: 4, host: 'h', manifests: [{ rank: 4, folder: dir }] })
  const [outside, pid, ...more] = found.problems
  t.match(outside, /b\.json: "files" names "\.\.\/b\.log".*; the manifest is not used/)
  t.match(pid, /e\.json: "pid" is -1; the manifest is not used/)
  t.strictSame([more, found.folders], [[], [dir, join(dir, 'attempt-1')]])
  const given = await findSources([join(dir, 'a.json')])
  t.strictSame([sourcesIn(dir, given), given.manifests], [[['4', 'a.1.log a.log']], [join(dir, 'a.json')]])
  await t.rejects(findSources([join(dir, 'b.json')]), { message: /b\.json: "files" names/ })
})

t.test('files that ranklog merge --force wrote are left out, and alone they are refused', async (t) => {
  const dir = t.testdir({ alone: {}, 'a.rank-0.log': '{"level":30}\n', 'b.log': '', 'b.1.log': '' })
  const at = (...names: string[]) => names.map((name) => join(dir, name))
  t.strictSame((await findLogs([dir])).marked, [])
  const merged = Buffer.concat([mergeMark, Buffer.from('{"level":30}\n')])
  for (const name of ['all.log', 'b.1.log', 'alone/x.log']) writeFileSync(join(dir, name), merged)
  writeFileSync(join(dir, 'all.2.log.gz'), gzipSync(merged))
  const found = await findLogs([dir])
  t.strictSame(sourcesIn(dir, found), [
    ['0', 'a.rank-0.log'],
    ['b.log', 'b.log'],
  ])
  t.strictSame(found.marked.toSorted(), at('all.2.log.gz', 'all.log', 'b.1.log'))
  const error = await findLogs(at('alone')).catch((error) => error)
  t.ok(error instanceof InputError)
  t.match(error.message, /alone\/x\.log was written by ranklog merge --force/)
})
