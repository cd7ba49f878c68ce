import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { endSplitWrite } from './split-write.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux reports where the last write ended' }

const blockBytes = 512

/** A file, and the parts of a write to it with data of other processes between them. */
class SplitFile {
  readonly fd: number
  readonly #path: string

  constructor(t: Test) {
    this.#path = join(t.testdir({ log: '' }), 'log')
    this.fd = openSync(this.#path, 'a')
  }

  close(): void {
    closeSync(this.fd)
  }

  get text(): string {
    return readFileSync(this.#path, 'utf8')
  }

  write(part: string): void {
    writeSync(this.fd, part)
  }

  /** Writes as another process. */
  append(text: string): void {
    appendFileSync(this.#path, text)
  }

  /** Appends so much that `count` bytes are free in the last block. */
  leave(count: number): void {
    const size = statSync(this.#path).size + '{"":""}\n'.length + count
    this.append(`{"":"${'o'.repeat(blockBytes - (size % blockBytes))}"}\n`)
  }

  end(written: string) {
    const split = endSplitWrite(this.fd, Buffer.from(written))
    return split && { ...split, cutLines: split.cutLines.map(String) }
  }
}

const line = (time: number) => `{"level":30,"time":${time},"rank":0,"data":{"loss":${time}},"msg":"step"}\n`

t.test(
  'the first part of a split write is ended wherever it was cut, and the cut line is returned',
  linux,
  async (t) => {
    const piece = line(1001) + line(1002) + line(1002)
    const others = [
      line(2001),
      line(1001) + line(2002) + line(2002),
      `{"msg":"${'x'.repeat(100_000)}"}\n`,
      `\n${line(2001)}`, // a process that opens a file with a fragment at its end writes a newline first
      '\n',
    ]
    for (const other of others) {
      for (let first = 1; first < piece.length; first++) {
        const file = new SplitFile(t)
        file.leave(first)
        const older = file.text
        file.write(piece.slice(0, first))
        file.append(other)
        file.write(piece.slice(first))
        // whole: cut between two lines, or before a newline that another process wrote
        const isWhole = piece[first - 1] === '\n' || (piece[first] === '\n' && other.startsWith('\n'))
        const start = piece.lastIndexOf('\n', first - 1) + 1
        const split = file.end(piece)
        const name = `${first} of ${other.slice(0, 20)}`
        t.strictSame(split?.cutLines, isWhole ? [] : [piece.slice(start, piece.indexOf('\n', first) + 1)], name)
        if (!isWhole) t.equal(split?.lastPart, first, name)
        t.equal(split?.isUnterminated, false, name)
        const isEnded = isWhole || other.startsWith('\n')
        const part = isEnded ? piece.slice(0, first) : `${piece.slice(0, first - 1)}\n`
        t.equal(file.text, `${older}${part}${other}${piece.slice(first)}`, name)
      }
    }
  },
)

t.test('a write that was not split leaves the file as it is', linux, async (t) => {
  const file = new SplitFile(t)
  const piece = line(1) + line(2)
  file.write(piece)
  t.equal(file.end(piece), undefined)
  t.equal(file.end(piece.repeat(9)), undefined, 'more than the file has')
  t.equal(file.text, piece)
})

for (const [mebibytes, isUnterminated] of [
  [2, false],
  [20, false],
  [70, true],
] as const) {
  t.test(
    `${mebibytes} MiB of another process between the parts: ${isUnterminated ? 'out of reach' : 'found'}`,
    linux,
    async (t) => {
      const file = new SplitFile(t)
      const piece = line(1) + line(2) + line(3)
      const first = line(1).length + 20
      file.leave(first)
      file.write(piece.slice(0, first))
      file.append(`${'x'.repeat(mebibytes * 2 ** 20)}\n`)
      file.write(piece.slice(first))
      const split = file.end(piece)
      t.equal(split?.isUnterminated, isUnterminated)
      t.strictSame(split?.cutLines.at(-1), line(2))
    },
  )
}

t.test(
  'fragments are ended for a line that is cut twice, and for one that was not written to its end',
  linux,
  async (t) => {
    const file = new SplitFile(t)
    const piece = `${line(1)}{"msg":"${'y'.repeat(3000)}"}\n${line(2)}{"msg":"${'z'.repeat(2000)}`
    const ends = [line(1).length + 300, line(1).length + 300 + 1024, piece.length - 700]
    let from = 0
    for (const end of [...ends, piece.length]) {
      file.leave(end - from)
      file.write(piece.slice(from, end))
      from = end
    }
    const split = file.end(piece)
    t.strictSame(split, { lastPart: ends[2], cutLines: [`{"msg":"${'y'.repeat(3000)}"}\n`], isUnterminated: false })
    const lines = file.text.split('\n').filter((line) => !/"o+"/.test(line))
    t.strictSame(lines, [
      line(1).slice(0, -1),
      `{"msg":"${'y'.repeat(300 - 9)}`,
      'y'.repeat(1023),
      `${'y'.repeat(3000 - 1324 + 8)}"}`,
      line(2).slice(0, -1),
      `{"msg":"${'z'.repeat(2000 - 700 - 1)}`,
      'z'.repeat(700),
    ])
  },
)

/**
 * The data of another process between two parts: whole lines, perhaps after a newline, and perhaps before a fragment that fills
 * its block.
 */
interface Between {
  lines: number[]
  tornEnd: boolean
  fragment: 'none' | 'ended' | 'open'
}

const betweens = fc.record<Between>({
  lines: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
  tornEnd: fc.boolean(),
  fragment: fc.constantFrom('none', 'none', 'ended', 'open'),
})

t.test('with any parts between any lines, each line is whole in the file, or is returned', linux, async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.tuple(betweens, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 511 }),
      fc.boolean(),
      (fills, splits, padding, isUnfinished) => {
        const file = new SplitFile(t)
        let seq = 0
        const lineOf = (rank: number, length: number) => {
          const msg = createHash('shake128', { outputLength: length }).update(`${seq}`).digest('hex').slice(0, length)
          return `{"level":30,"rank":${rank},"seq":${seq++},"msg":"${msg}"}\n`
        }
        const lines = fills.map((fill) => lineOf(0, fill))
        const piece = isUnfinished ? lines.join('').slice(0, -3) : lines.join('')
        const others: string[] = []
        if (padding > 0) file.append(`${'o'.repeat(padding)}\n`)
        let done = 0
        let splitCount = 0
        for (const [between, blocks] of splits) {
          const room = blockBytes - (statSync(`/proc/self/fd/${file.fd}`).size % blockBytes) + blocks * blockBytes
          if (done + room >= piece.length) break
          file.write(piece.slice(done, done + room))
          done += room
          splitCount++
          const written = between.lines.map((fill) => lineOf(1, fill))
          others.push(...written)
          file.append(`${between.tornEnd ? '\n' : ''}${written.join('')}`)
          if (between.fragment !== 'none') {
            const free = blockBytes - (statSync(`/proc/self/fd/${file.fd}`).size % blockBytes)
            const fragment = lineOf(2, 1000).slice(0, free)
            fc.pre(!lines.some((line) => line.startsWith(fragment))) // such a fragment looks like one of this write
            file.append(between.fragment === 'ended' ? `${fragment.slice(0, -1)}\n` : fragment)
          }
        }
        file.write(piece.slice(done))
        const split = file.end(piece)
        file.close()
        if (splitCount === 0) return assert.equal(split, undefined)
        const { text } = file
        const cut = lines.filter((line) => piece.includes(line) && !text.includes(line))
        const { cutLines, isUnterminated } = split ?? {}
        assert.deepEqual({ cutLines, isUnterminated }, { cutLines: cut, isUnterminated: false })
        const found = text.split('\n')
        const missing = others.filter((line) => !found.includes(line.slice(0, -1)))
        assert.deepEqual(missing, [])
      },
    ),
    { numRuns: 300 },
  )
})
