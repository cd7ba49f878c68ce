import t from 'tap'
import { prettyOf } from './pretty.ts'

const time = 1_700_000_000_000
const record = (fields: object) => `${JSON.stringify({ level: 30, time, pid: 1, hostname: 'h', rank: 0, ...fields })}\n`

t.test('a record becomes one line without the fields of its process', async (t) => {
  const pretty = await prettyOf(false)
  const text = pretty(record({ msg: 'hello', step: 3 }))
  t.match(text, /^\[\d\d:\d\d:\d\d\.000\] INFO: hello \{"step":3\}\n$/)
})

t.test('text, JSON that is no record and lines without an end are only escaped', async (t) => {
  const pretty = await prettyOf(false)
  for (const [given, shown] of [
    ['text\x1b[2J\n', 'text\\x1b[2J\n'],
    ['progress\r\n', 'progress\n'],
    ['{"torn\n', '{"torn\n'],
    ['{"level":30', '{"level":30'],
    ['[1]\n', '[1]\n'],
  ] as const)
    t.equal(pretty(given), shown)
})

t.test('lines after a record stay below it', async (t) => {
  const pretty = await prettyOf(false)
  t.match(pretty(`${record({ msg: 'a' })}    at main\x07\n`), /INFO: a\n {4}at main\\x07\n$/)
})

t.test('the stack of an error is below its record, and what it repeats is left out', async (t) => {
  const pretty = await prettyOf(false)
  const stack = 'Error: no device\n    at main (a.js:1:1)'
  const below = '    Error: no device\n        at main (a.js:1:1)\n'
  for (const [fields, head] of [
    [{ msg: 'm', err: { type: 'Error', message: 'no device', stack } }, 'm'],
    [{ msg: 'm', error: { type: 'Error', message: 'no device', stack } }, 'm'],
    [{ msg: 'm', stack }, 'm'],
    [{ msg: 'm', err: { type: 'Error', message: 'no device', stack, code: 'E1' } }, 'm {"err":{"code":"E1"}}'],
    [{ msg: 'm', err: { type: 'Error', message: 'other', stack } }, 'm {"err":{"type":"Error","message":"other"}}'],
  ] as const) {
    const text = pretty(record(fields))
    t.equal(text.slice(text.indexOf('INFO: ') + 6), `${head}\n${below}`, JSON.stringify(fields))
  }
  t.match(pretty(record({ msg: 'm', err: null })), /INFO: m \{"err":null\}\n$/)
  t.match(pretty(record({ msg: 'm', err: { code: 1 } })), /INFO: m \{"err":\{"code":1\}\}\n$/)
})

t.test('control characters in names, texts and stacks are escaped', async (t) => {
  const pretty = await prettyOf(false)
  const hostile = 'a\x1b[2J\nb'
  const text = pretty(record({ msg: hostile, [hostile]: [hostile, { [hostile]: hostile }], err: { stack: hostile } }))
  t.notMatch(text.replaceAll('\n', ''), /[^ -~]/)
  t.equal(text.split('\n').length, 4, 'the record, the two lines of its stack, and the end')
})
