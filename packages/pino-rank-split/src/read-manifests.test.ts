import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { type Manifest, readManifest, readManifests } from './read-manifests.ts'

const manifest = { version: 1, rank: 0, host: 'h', pid: 1, lines: 1, bytes: 1, drops: 0, errors: 0, exit: 'unknown' }

/** Reads a folder with one manifest. */
function read(dir: string, fields: object): { manifests: Manifest[]; invalid: [path: string, reason: string][] } {
  const invalid: [string, string][] = []
  writeFileSync(join(dir, 'a.rank-0.json'), JSON.stringify({ ...manifest, ...fields }))
  const manifests = readManifests(dir, (path, reason) => invalid.push([path, reason]))
  return { manifests, invalid }
}

t.test('an invalid manifest is left out as a whole, and the callback gets the reason', (t) => {
  const cases: [what: string, fields: object, reason: RegExp][] = [
    [
      'a path to the folder above',
      { files: ['../secret.log'] },
      /"files" names "..\/secret.log", which is not a file in its folder/,
    ],
    ['an absolute path', { files: ['/etc/hostname'] }, /"\/etc\/hostname"/],
    ['the folder itself', { files: ['.'] }, /"files" names "\."/],
    ['the folder above', { files: ['..'] }, /"files" names "\.\."/],
    ['a folder in it', { files: ['a/../a.rank-0.log'] }, /"files" names "a\/\.\.\/a.rank-0.log"/],
    ['a NUL', { files: ['a.rank-0.log\0'] }, /"files" names/],
    ['an empty name', { files: [''] }, /"files" names ""/],
    ['a name that is not a string', { files: [['a.rank-0.log']] }, /"files" names \["a.rank-0.log"\]/],
    ['a path among valid names', { files: ['a.rank-0.log', '../secret.log'] }, /"..\/secret.log"/],
    ['a rank that is not a number', { files: ['a.rank-0.log'], rank: { evil: 1 } }, /"rank" is \{"evil":1\}/],
    ['a negative rank', { files: ['a.rank-0.log'], rank: -1 }, /"rank" is -1/],
    ['a host that is not a string', { files: ['a.rank-0.log'], host: ['h'] }, /"host" is \["h"\]/],
    ['a count that is not a number', { files: ['a.rank-0.log'], drops: 'many' }, /"drops" is "many"/],
    ['an exit code that is an object', { files: ['a.rank-0.log'], exit: { code: 0 } }, /"exit" is \{"code":0\}/],
    ['an attempt that is not a whole number', { files: [], attempt: 1.5 }, /"attempt" is 1.5/],
    ['a local rank that is a string', { files: [], localRank: '0' }, /"localRank" is "0"/],
    ['an incomplete process', { files: [], process: { pid: 1 } }, /"process" is \{"pid":1\}/],
    ['a long value', { files: [], runKey: [`${'x'.repeat(1000)}`] }, /^"runKey" is \["x{78}$/],
  ]
  const dir = t.testdir()
  for (const [what, fields, reason] of cases) {
    const { manifests, invalid } = read(dir, fields)
    t.strictSame(manifests, [], what)
    t.match(invalid, [[join(dir, 'a.rank-0.json'), reason]], what)
  }
  t.end()
})

t.test('manifests of earlier versions, of an unknown rank and with unusual file names are valid', (t) => {
  const dir = t.testdir()
  const names = ['train.rank-0.log', 'train.rank-0.log.1.gz', '..train', 'a b', 'ü\n']
  for (const fields of [
    { files: names },
    { files: [] },
    { files: ['a'], rank: 'unknown', exit: 'SIGKILL' },
    {
      files: ['a'],
      rank: 7,
      attempt: 2,
      worldSize: 8,
      localRank: 3,
      exit: 0,
      startedAt: '',
      updatedAt: '',
      runKey: 'k',
    },
  ]) {
    const { manifests, invalid } = read(dir, fields)
    t.strictSame([manifests, invalid], [[{ ...manifest, ...fields }], []])
  }
  t.end()
})

t.test(
  'files of other programs are ignored: whatever JSON they hold, nothing is thrown and nothing is reported',
  (t) => {
    const dir = t.testdir()
    fc.assert(
      fc.property(fc.json(), (json) => {
        writeFileSync(join(dir, 'data.json'), json)
        t.strictSame(
          readManifests(dir, () => t.fail(json)),
          [],
        )
      }),
      { numRuns: 50 },
    )
    t.end()
  },
)

t.test('manifests are sorted by rank, and those of an unknown rank come last', (t) => {
  const ranks = ['unknown', 10, 9, 0, 2]
  const texts = ranks.map((rank, at) => [`${at}.json`, JSON.stringify({ ...manifest, rank, files: [] })])
  const dir = t.testdir({ ...Object.fromEntries(texts), '.hidden.json': texts[1]?.[1], 'other.txt': texts[1]?.[1] })
  t.strictSame(
    readManifests(dir).map(({ rank }) => rank),
    [0, 2, 9, 10, 'unknown'],
  )
  t.end()
})

t.test('a file without the version, the rank or the list of files is not a manifest', (t) => {
  const dir = t.testdir()
  for (const fields of [{ version: 2 }, { version: '1' }, { rank: undefined }, { files: undefined }, { files: 'a' }])
    t.strictSame(read(dir, { files: [], ...fields }), { manifests: [], invalid: [] }, JSON.stringify(fields))
  t.equal(readManifest(join(dir, 'a.rank-0.json')), undefined)
  t.end()
})

t.test('only regular files are read', (t) => {
  const dir = t.testdir({ 'folder.json': {} })
  symlinkSync('/dev/zero', join(dir, 'zero.json'))
  symlinkSync('loop.json', join(dir, 'loop.json'))
  t.strictSame(readManifests(dir), [])
  for (const name of ['folder.json', 'zero.json', 'loop.json', 'missing.json'])
    t.equal(readManifest(join(dir, name)), undefined)
  t.end()
})
