import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { compressionOf } from './compressed-file.ts'
import { InputFiles } from './input-file.ts'

const lines = Array.from({ length: 40 }, (_, n) => `{"level":30,"time":${1_700_000_000_000 + n},"msg":"line ${n}"}\n`)
const text = lines.join('')

/** Reads the files of one source to their end. */
async function readAll(...paths: string[]): Promise<{ text: string; failures: InputFiles['failures'] }> {
  const input = new InputFiles(paths)
  const buffer = Buffer.alloc(2 ** 16)
  let text = ''
  for (let read = await input.read(buffer); read > 0; read = await input.read(buffer))
    text += buffer.toString('utf8', 0, read)
  return { text, failures: input.failures }
}

function file(t: Test, name: string, bytes: Buffer | string): string {
  const path = join(t.testdir(), name)
  writeFileSync(path, bytes)
  return path
}

t.test(
  'of a gzip file that is cut at any byte, everything that can be decompressed is read, and the cut is reported',
  async (t) => {
    const compressed = gzipSync(text)
    const path = file(t, 'x.log.gz', compressed)
    let before = -1
    for (let length = compressed.length - 1; length >= 0; length--) {
      truncateSync(path, length)
      const { text: found, failures } = await readAll(path)
      const lines = found.replace(/\n$/, '') // a newline is added to the last line if it lacks one
      if (!text.startsWith(lines)) t.equal(lines, text.slice(0, lines.length), `${length} bytes`)
      if (before >= 0 && found.length > before + 1) t.fail(`${length} bytes give more than ${length + 1}`)
      before = found.length
      if (failures.length !== 1 || failures[0]?.isPartial !== found.length > 0)
        t.fail(
          `${length} bytes: ${failures.length} failures, partial: ${failures[0]?.isPartial}, read: ${found.length}`,
        )
      if (length === compressed.length - 1) t.equal(found, text, 'without its last byte, it still has all lines')
    }
  },
)

t.test('all members of a gzip file are read, also if the last one is cut', async (t) => {
  const parts = [lines.slice(0, 10), lines.slice(10, 20), lines.slice(20)]
  const members = parts.map((part) => gzipSync(part.join('')))
  const whole = Buffer.concat(members.slice(0, 2)).length
  const path = file(t, 'x.log.gz', Buffer.concat(members))
  t.match(await readAll(path), { text, failures: [] })
  truncateSync(path, whole + 12)
  const { text: found, failures } = await readAll(path)
  t.ok(found.startsWith(lines.slice(0, 20).join('')))
  t.match(failures, [{ path, isPartial: true, error: { message: 'unexpected end of file' } }])
})

const garbage: [what: string, bytes: Buffer, isReported: boolean][] = [
  ['zeros, such as the padding of tar and dd, are ignored', Buffer.alloc(512), false],
  ['text is reported', Buffer.from('{"level":30,"msg":"not packed"}\n'), true],
  ['a part of a member is reported', gzipSync('x').subarray(0, 5), true],
]
for (const [what, bytes, isReported] of garbage) {
  t.test(`after the end of a gzip file, ${what}`, async (t) => {
    const path = file(t, 'x.log.gz', Buffer.concat([gzipSync(text), bytes]))
    const { text: found, failures } = await readAll(path)
    t.equal(found, text)
    t.equal(failures.length, Number(isReported))
    if (isReported) t.equal(failures[0]?.isPartial, true)
  })
}

t.test('the compression of a file is recognised by its first bytes, then by its name', async (t) => {
  const cases: [name: string, bytes: Buffer | string, expected: string, failure?: RegExp][] = [
    ['x.log.gz.1', gzipSync(text), text],
    ['x.log-20250101.gz', gzipSync(text), text],
    ['x.log.1', gzipSync(text), text],
    ['x.log', text, text],
    ['x.log.gz', text, '', /incorrect header check/],
    ['x.log.2.gz', '', '', /unexpected end of file/],
    ['x.log.2', '', ''],
    [
      'x.log.bz2',
      Buffer.from('BZh91AY&SY'),
      '',
      /compressed with bzip2, which Node cannot decompress: decompress it first/,
    ],
    ['x.log.1.xz', '', '', /compressed with xz/],
  ]
  for (const [name, bytes, expected, failure] of cases) {
    const found = await readAll(file(t, name, bytes))
    t.equal(found.text, expected, name)
    if (failure) t.match(found.failures, [{ error: { message: failure }, isPartial: false }], name)
    else t.strictSame(found.failures, [], name)
  }
})

t.test('a file that was compressed after it was found is read', async (t) => {
  const path = file(t, 'x.log.1.gz', gzipSync(text))
  t.match(await readAll(path.slice(0, -3)), { text, failures: [] })
})

t.test('files after one that cannot be read are read', async (t) => {
  const dir = t.testdir({ folder: {}, 'x.log': text })
  const { text: found, failures } = await readAll(join(dir, 'folder'), join(dir, 'missing'), join(dir, 'x.log'))
  t.equal(found, text)
  t.match(failures, [{ error: { code: 'EISDIR' } }, { error: { code: 'ENOENT' } }])
})

t.test('of a file that is damaged in the middle, the lines before the damage are read', async (t) => {
  const random = Array.from({ length: 20_000 }, (_, n) => `{"level":30,"n":${(n * 2_654_435_761) % 2 ** 32}}\n`).join(
    '',
  )
  const compressed = gzipSync(random)
  compressed.fill(0xff, compressed.length - 2000, compressed.length - 1000)
  const { text: found, failures } = await readAll(file(t, 'x.log.gz', compressed))
  const same = [...found].findIndex((character, at) => character !== random[at])
  t.ok(same > 0.8 * random.length, `${same} of ${random.length} characters`)
  t.match(failures, [{ isPartial: true }])
})

t.test('a file whose name does not say so is recognised by the first bytes of each format', async (t) => {
  const starts: [compression: ReturnType<typeof compressionOf>, hex: string][] = [
    ['gzip', '1f8b08'],
    ['zstd', '28b52ffd04'],
    ['bzip2', '425a683931'],
    ['xz', 'fd377a585a0000'],
    [undefined, '28b52f'],
    [undefined, '7b226c6576656c223a33307d'],
    [undefined, ''],
  ]
  for (const [compression, hex] of starts) {
    const head = Buffer.from(hex, 'hex')
    t.equal(compressionOf(head), compression, hex)
    t.equal(compressionOf(head, 'x.log.gz'), compression ?? 'gzip', 'the name counts if the bytes do not tell')
    t.equal(compressionOf(head, 'x.gz.log'), compression)
  }
})
