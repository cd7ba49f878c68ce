import { appendFileSync, closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { endFragment } from './end-fragment.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux reports where the last write ended' }

const cases: [name: string, before: string, fragment: string, behind: string, after: string][] = [
  ['the last of the file', '{"a":1}\n', '{"b":22', '', '{"a":1}\n{"b":2\n'],
  ['with another writer’s line directly after it', '{"a":1}\n', '{"b":22', '{"c":3}\n', '{"a":1}\n{"b":2\n{"c":3}\n'],
  ['with another fragment directly after it', '', '{"b":22', '{"c', '{"b":2\n{"c'],
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

t.test('nothing is changed if the fragment is not at its position', async (t) => {
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
