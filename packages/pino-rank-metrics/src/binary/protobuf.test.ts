import t from 'tap'
import { doubleField, field, fieldsOf, putVarint, varintSize, wholeField } from './protobuf.ts'

/** Whole numbers, and their varints as `protoc` writes them. */
const varints: [value: number, hex: string][] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [150, '9601'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2 ** 32 - 1, 'ffffffff0f'],
  [2 ** 32, '8080808010'],
  [2 ** 32 + 300, 'ac82808010'],
  [2 ** 53, '8080808080808010'],
]

t.test('a whole number is written as a varint, and read back', (t) => {
  for (const [value, hex] of varints) {
    const bytes = Buffer.alloc(12, 0xee)
    const end = putVarint(bytes, 1, value)
    t.equal(bytes.subarray(1, end).toString('hex'), hex, `${value}`)
    t.equal(varintSize(value), hex.length / 2, `size of ${value}`)
    t.ok(bytes[0] === 0xee && bytes.subarray(end).every((byte) => byte === 0xee), 'no other byte is changed')
    t.strictSame([...fieldsOf(wholeField(3, value))], [{ number: 3, value: BigInt(value) }])
  }
  t.end()
})

t.test('fields of all types are read in their order', (t) => {
  const fixed32 = Buffer.from('2d01020304', 'hex') // field 5
  const message = Buffer.concat([
    wholeField(1, 150),
    field(2, 'testing'),
    doubleField(3, 0.5),
    field(20, Buffer.from([1]), wholeField(1, 7), 'x'),
    fixed32,
    field(6),
  ])
  const double = Buffer.alloc(8)
  double.writeDoubleLE(0.5)
  t.equal(message.toString('hex', 0, 12), '089601120774657374696e67', 'as in the encoding guide of Protocol Buffers')
  t.strictSame(
    [...fieldsOf(message)],
    [
      { number: 1, value: 150n },
      { number: 2, value: Buffer.from('testing') },
      { number: 3, value: double },
      { number: 20, value: Buffer.from([1, 8, 7, 120]) },
      { number: 5, value: Buffer.from([1, 2, 3, 4]) },
      { number: 6, value: Buffer.alloc(0) },
    ],
  )
  t.end()
})

t.test('a varint of 64 bits is read, and a longer one is malformed', (t) => {
  const most = Buffer.from(`08${'ff'.repeat(9)}01`, 'hex')
  t.strictSame([...fieldsOf(most)], [{ number: 1, value: 2n ** 64n - 1n }])
  t.throws(() => [...fieldsOf(Buffer.from(`08${'ff'.repeat(10)}01`, 'hex'))], RangeError)
  t.end()
})

t.test('a truncated or malformed message is rejected, after the fields before', (t) => {
  const cases: [name: string, hex: string][] = [
    ['a varint without its end', '0896'],
    ['a field without its value', '08'],
    ['text that is longer than the message', '1208746573'],
    ['an incomplete 64-bit value', '1900000000000000'],
    ['an incomplete 32-bit value', '2d010203'],
    ['the start of a group', '0b'],
    ['an unknown type', '0e'],
  ]
  for (const [name, hex] of cases) {
    const fields = fieldsOf(Buffer.concat([wholeField(1, 5), Buffer.from(hex, 'hex')]))
    t.strictSame(fields.next().value, { number: 1, value: 5n }, name)
    t.throws(() => fields.next(), RangeError, name)
  }
  t.end()
})
