import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RowFile } from './row-file.ts'

const row = (cells: Record<string, string>) => new Map(Object.entries(cells))
const read = (path: string) => readFileSync(path, 'latin1')

/** Creates a row file in a folder of its own, with `content` already in it. */
function open(t: Test, content?: string | Buffer) {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  if (content !== undefined) writeFileSync(path, content, typeof content === 'string' ? 'latin1' : undefined)
  const reports: string[] = []
  const file = new RowFile(0o640, (line) => reports.push(line))
  return { dir, path, reports, append: (cells: Record<string, string>) => file.append(path, [row(cells)]) }
}

/** Invalid files, each with its valid lines and the number of its first invalid line. */
const damaged: [name: string, content: string | Buffer, valid: string, line: number][] = [
  ['a stray quote in a cell', 'a,step\r\n1,0\r\n2"x,1\r\n3,2\r\n', 'a,step\r\n1,0\r\n', 3],
  ['a quote that is never closed', 'a,step\r\n1,0\r\n"2,1\r\n3,2\r\n', 'a,step\r\n1,0\r\n', 3],
  ['text after a closing quote', 'a,step\r\n1,0\r\n"2"x,1\r\n3,2\r\n', 'a,step\r\n1,0\r\n', 3],
  ['a stray quote in the header', 'a"b,step\r\n1,0\r\n', '', 1],
  ['a text whose writer was killed after a newline in it', 'a,note,step\r\n1,,0\r\n2,"first\n', 'a,note,step\r\n1,,0\r\n', 3],
  ['rows after such a text', 'a,note,step\r\n1,,0\r\n2,"first\n3,,1\r\n4,,2\r\n', 'a,note,step\r\n1,,0\r\n', 3],
  ['a torn line', 'a,step\r\n1,0\r\n2,', 'a,step\r\n1,0\r\n', 3],
  ['a torn line end', 'a,step\r\n1,0\r\n2,1\r', 'a,step\r\n1,0\r\n', 3],
  ['a line between two texts', 'note,step\r\n"a\nb",0\r\n"c', 'note,step\r\n"a\nb",0\r\n', 4],
  ['a cell without a column', 'a,step\r\n1,0\r\n2,1,9\r\n3,2\r\n', 'a,step\r\n1,0\r\n', 3],
  ['a column twice', 'a,a,step\r\n1,2,0\r\n', '', 1],
  ['bytes that are not UTF-8', 'a,step\r\n1,0\r\n\xff,1\r\n3,2\r\n', 'a,step\r\n1,0\r\n', 3],
  ['line ends that are a CR alone', 'a,step\r1,0\r', '', 1],
  ['a text cut inside a character', Buffer.from('n,step\r\n\u00e4,0\r\n\u00e4').subarray(0, -1), 'n,step\r\n\xc3\xa4,0\r\n', 3],
] // biome-ignore format: a table

for (const [name, content, valid, line] of damaged) {
  t.test(`an invalid file is set aside whole, and a new one continues with its valid lines: ${name}`, async (t) => {
    const { dir, path, reports, append } = open(t, content)
    const before = read(path)
    append({ z: '9', step: '7' })
    append({ zz: '10', step: '8' })
    t.strictSame(readdirSync(dir).sort(), ['metrics.csv', 'metrics.csv.unread-1'])
    t.equal(read(join(dir, 'metrics.csv.unread-1')), before, 'every byte')
    t.equal(reports.length, 1)
    t.match(reports[0], new RegExp(`^line ${line} is torn or is not CSV; the file is now .*metrics\\.csv\\.unread-1, `))
    const [header = '', ...lines] = read(path).split('\r\n')
    const columns = header.split(',')
    const validRows = valid.split('\r\n').length - 2
    t.equal(lines.length, Math.max(0, validRows) + 3, 'the lines before the damage, and two new lines')
    t.equal(lines.at(-3)?.split(',')[columns.indexOf('z')], '9')
    t.equal(lines.at(-2)?.split(',')[columns.indexOf('zz')], '10')

    writeFileSync(path, 'a"b\r\n')
    append({ a: '1', step: '9' })
    t.equal(read(join(dir, 'metrics.csv.unread-1')), before, 'a later damage does not change it')
    t.equal(read(join(dir, 'metrics.csv.unread-2')), 'a"b\r\n')
  })
}

/** Files of other programs, and their content after a row with a new column. */
const validFiles: [name: string, content: string, after: string][] = [
  ['line feeds alone', 'a,step\n1,0\n', 'a,b,step\r\n1,,0\r\n,2,1\r\n'],
  ['a byte order mark', '\xef\xbb\xbfa,step\r\n1,0\r\n', 'a,b,step\r\n1,,0\r\n,2,1\r\n'],
  ['blank lines', 'a,step\r\n1,0\r\n\r\n', 'a,b,step\r\n1,,0\r\n,2,1\r\n'],
  ['a row that ends early', 'a,step\r\n1\r\n', 'a,b,step\r\n1,,\r\n,2,1\r\n'],
  ['quotes and newlines in quotes', 'note,step\r\n"a ""b"",\n c",0\r\n', 'b,note,step\r\n,"a ""b"",\n c",0\r\n2,,1\r\n'],
  ['a header alone', 'a,step\r\n', 'a,b,step\r\n,2,1\r\n'],
  ['nothing', '', 'b,step\r\n2,1\r\n'],
] // biome-ignore format: a table

for (const [name, content, after] of validFiles) {
  t.test(`a valid file is continued: ${name}`, async (t) => {
    const { dir, path, reports, append } = open(t, content)
    append({ b: '2', step: '1' })
    t.equal(read(path), after)
    t.strictSame([readdirSync(dir), reports], [['metrics.csv'], []])
  })
}

t.test('a file that cannot be read is not changed', async (t) => {
  const { dir, path, append } = open(t, 'a,step\r\n1,0\r\n')
  const size = 2 ** 31 + 1
  truncateSync(path, size) // a sparse file, larger than Node reads at once
  t.throws(() => append({ b: '2', step: '1' }), { code: 'ERR_FS_FILE_TOO_LARGE' })
  t.equal(statSync(path).size, size)
  t.strictSame(readdirSync(dir), ['metrics.csv'])
})

t.test('a path that is not a regular file is rejected and not changed', async (t) => {
  const { path, append } = open(t)
  mkdirSync(path)
  t.throws(() => append({ a: '1' }), { code: 'EINVAL', message: /not a regular file/ })
  t.ok(statSync(path).isDirectory())
  t.throws(() => new RowFile(0o640, () => {}).append('/dev/null', [row({ a: '1' })]), { code: 'EINVAL' })
})

t.test('two writers of one file lose no value, and each value is in its column', async (t) => {
  const { path, append } = open(t)
  const other = new RowFile(0o640, () => {})
  append({ a: '1', step: '0' })
  other.append(path, [row({ a: '2', step: '0' })])
  other.append(path, [row({ A: '3', step: '1' })])
  append({ a: '4', step: '1' })
  append({ b: '5', step: '2' })
  other.append(path, [row({ A: '6', step: '2' })])
  t.equal(read(path), 'A,a,b,step\r\n,1,,0\r\n,2,,0\r\n3,,,1\r\n,4,,1\r\n,,5,2\r\n6,,,2\r\n')
})

t.test('a file that was removed, emptied or replaced gets a header again', async (t) => {
  const { path, append } = open(t)
  append({ a: '1', step: '0' })
  unlinkSync(path)
  append({ a: '2', step: '1' })
  t.equal(read(path), 'a,step\r\n2,1\r\n')
  truncateSync(path)
  append({ a: '3', step: '2' })
  t.equal(read(path), 'a,step\r\n3,2\r\n')
  writeFileSync(path, 'step,other\n9,8\n')
  append({ a: '4', step: '3' })
  t.equal(read(path), 'a,other,step\r\n,8,9\r\n4,,3\r\n')
})

/** A row during whose writing another process writes to the file. */
class DisturbedRow extends Map<string, string> {
  disturb: () => void = () => {}

  override get(column: string): string | undefined {
    this.disturb()
    return super.get(column)
  }
}

t.test('a row is written after those that another process writes meanwhile, also if it has a new column', async (t) => {
  for (const [column, content] of [
    ['a', 'a,step\r\n0,0\r\n9,9\r\n1,1\r\n'],
    ['b', 'a,b,step\r\n0,,0\r\n9,,9\r\n,1,1\r\n'],
  ] as const) {
    const { path, append } = open(t)
    const file = new RowFile(0o640, () => {})
    file.append(path, [row({ a: '0', step: '0' })])
    const disturbed = new DisturbedRow([
      [column, '1'],
      ['step', '1'],
    ])
    disturbed.disturb = () => {
      disturbed.disturb = () => {}
      append({ a: '9', step: '9' })
    }
    file.append(path, [disturbed])
    t.equal(read(path), content, column)
  }
})

t.test('a file that another process keeps changing is an error, and the row is not written', async (t) => {
  for (const column of ['a', 'b']) {
    const { path, append } = open(t)
    const file = new RowFile(0o640, () => {})
    file.append(path, [row({ a: '0' })])
    const disturbed = new DisturbedRow([[column, 'mine']])
    let changes = 0
    disturbed.disturb = () => append({ a: `${++changes}` })
    t.throws(() => file.append(path, [disturbed]), { code: 'EBUSY' })
    const others = Array.from({ length: changes + 1 }, (_, n) => `${n}\r\n`).join('')
    t.equal(read(path), `a\r\n${others}`)
    disturbed.disturb = () => {}
    file.append(path, [disturbed])
    t.match(read(path), /mine\r\n$/, 'the next attempt succeeds')
  }
})
