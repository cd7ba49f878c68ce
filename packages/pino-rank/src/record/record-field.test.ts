import t from 'tap'
import { fieldOf } from './record-field.ts'

const cases: [form: string, record: unknown, name: string, value: unknown][] = [
  ['its own', { a: 1 }, 'a', 1],
  ['nested', { a: { b: { c: 2 } } }, 'a.b.c', 2],
  ['a whole name with dots', { 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
  ['missing', { a: 1 }, 'b', undefined],
  ['missing below an object', { a: {} }, 'a.b', undefined],
  ['below a number', { a: 1 }, 'a.b', undefined],
  ['what every object has', {}, 'constructor', undefined],
  ['no record', 'text', 'length', undefined],
  ['null', null, 'a', undefined],
]

for (const [form, record, name, value] of cases) {
  t.test(form, async (t) => {
    t.equal(fieldOf(record, name), value)
  })
}
