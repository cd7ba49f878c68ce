import { appendFileSync, closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { endFragment, endSplitWrite } from './end-fragment.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux says where the last write ended' }

const cases: [name: string, before: string, fragment: string, behind: string, after: string][] = [
  ['the last of the file', '{"a":1}\n', '{"b":22', '', '{"a":1}\n{"b":2\n'],
  ['with another writer’s line glued to it', '{"a":1}\n', '{"b":22', '{"c":3}\n', '{"a":1}\n{"b":2\n{"c":3}\n'],
  ['with another fragment glued to it', '', '{"b":22', '{"c', '{"b":2\n{"c'],
  ['of one byte', '{"a":1}\n', '{', '{"c":3}\n', '{"a":1}\n\n{"c":3}\n'],
  ['a whole line without its newline', '', '{"b":2}', '{"c":3}\n', '{"b":2\n{"c":3}\n'],
  ['longer than what is compared', '', 'x'.repeat(10_000), 'y\n', `${'x'.repeat(9999)}\ny\n`],
]

for (const [name, before, fragment, behind, after] of cases) {
  t.test(`a fragment ${name} is ended, and the data behind it stays whole`, linux, async (t) => {
    const path = join(t.testdir({ log: 'older\n' }), 'log')
    const fd = openSync(path, 'a')
    t.teardown(() => closeSync(fd))
    writeSync(fd, before + fragment)
    appendFileSync(path, behind)
    t.equal(endFragment(fd, Buffer.from(fragment)), true)
    t.equal(readFileSync(path, 'utf8'), `older\n${after}`)
  })
}

t.test('nothing is changed if the fragment is not at its place', async (t) => {
  const path = join(t.testdir({ log: '' }), 'log')
  const fd = openSync(path, 'a')
  writeSync(fd, '{"a":1')
  t.equal(endFragment(fd, Buffer.from('{"b":2')), false, 'other bytes')
  t.equal(endFragment(fd, Buffer.from('12345678{"a":1')), false, 'more than the file has')
  truncateSync(path, 2)
  t.equal(endFragment(fd, Buffer.from('{"a":1')), false, 'cut short by another program')
  t.equal(readFileSync(path, 'utf8'), '{"')
  closeSync(fd)
  t.equal(endFragment(fd, Buffer.from('{"a":1')), false, 'no such descriptor')
})

/** Writes `piece` in two parts, with lines of another process between them. */
function writeSplit(t: Test, piece: string, first: number, between: string) {
  const path = join(t.testdir({ log: 'older\n' }), 'log')
  const fd = openSync(path, 'a')
  t.teardown(() => closeSync(fd))
  writeSync(fd, piece.slice(0, first))
  appendFileSync(path, between)
  writeSync(fd, piece.slice(first))
  return { fd, text: () => readFileSync(path, 'utf8') }
}

t.test('a write that was split: its first part is ended wherever it was cut', linux, async (t) => {
  const line = (time: number) => `{"level":30,"time":${time},"rank":0,"data":{"loss":${time}},"msg":"step"}\n`
  const piece = line(1001) + line(1002) + line(1002)
  for (const between of [line(2001), line(1001) + line(2002) + line(2002), `{"msg":"${'x'.repeat(100_000)}"}\n`]) {
    for (let first = 1; first < piece.length; first++) {
      const { fd, text } = writeSplit(t, piece, first, between)
      const atLineEnd = piece[first - 1] === '\n'
      const kept = atLineEnd ? piece.slice(0, first) : `${piece.slice(0, first - 1)}\n`
      t.equal(
        endSplitWrite(fd, Buffer.from(piece)),
        atLineEnd ? undefined : first,
        `${first} of ${between.slice(0, 20)}`,
      )
      t.equal(text(), `older\n${kept}${between}${piece.slice(first)}`)
    }
  }
})

t.test(
  'a write that was not split, or whose first part is out of reach, leaves the file as it is',
  linux,
  async (t) => {
    const piece = '{"a":1}\n{"b":2}\n'
    const whole = writeSplit(t, piece, piece.length, '')
    t.equal(endSplitWrite(whole.fd, Buffer.from(piece)), undefined)
    const far = writeSplit(t, piece, 10, `${'x'.repeat(2 ** 21)}\n`)
    const before = far.text()
    t.equal(endSplitWrite(far.fd, Buffer.from(piece)), -1)
    t.equal(far.text(), before)
    t.equal(endSplitWrite(whole.fd, Buffer.from(`${'older\n'.repeat(9)}`)), undefined, 'more than the file has')
  },
)
