import fc from 'fast-check'
import t from 'tap'
import { partialLength } from './partial-line.ts'

t.test('a part of a text may be written, a part of a record may not', async (t) => {
  for (const [line, length] of [
    ['(Pdb) ', 6],
    ['\r 10 %', 6],
    ['{"level":30,"ti', 0],
    ['{', 0],
    ['{ \t', 0],
    ['{user}> ', 8],
    ["{'a': 1", 7],
    ['', 0],
    ['\x1b[32m>>> \x1b[0m', 13],
  ] as const)
    t.equal(partialLength(Buffer.from(line)), length, JSON.stringify(line))
  t.equal(partialLength(Buffer.from('{"a'), true), 3, 'the rest of a line that is already written in part')
})

t.test('the bytes of an incomplete character are not written', async (t) => {
  for (const character of ['é', '漢', '😀']) {
    const bytes = Buffer.from(`a${character}`)
    for (let end = 2; end < bytes.length; end++) t.equal(partialLength(bytes.subarray(0, end)), 1)
    t.equal(partialLength(bytes), bytes.length)
  }
  for (const bytes of [
    [97, 0xff],
    [97, 0x80],
    [0x80, 0x80, 0x80, 0x80],
    [97, 0xc0],
    [97, 0xf8],
  ])
    t.equal(partialLength(Buffer.from(bytes)), bytes.length, 'bytes that are not UTF-8 are written')
})

t.test('the part of any text that may be written decodes as the beginning of the text', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, cut) => {
      const bytes = Buffer.from(`>${text}`)
      const part = bytes.subarray(0, 1 + (cut % bytes.length))
      const shown = part.subarray(0, partialLength(part))
      return part.length - shown.length < 4 && bytes.toString().startsWith(shown.toString())
    }),
  )
})
