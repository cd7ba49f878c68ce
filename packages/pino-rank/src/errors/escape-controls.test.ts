import fc from 'fast-check'
import t from 'tap'
import { escapeControls, escapeJson, escapeLine, oneLine } from './index.ts'

t.test('unsafe characters become visible escapes, and all other text is unchanged', async (t) => {
  for (const [text, shown] of [
    ['\x1b[31m\r\x7f\x9b', '\\x1b[31m\\x0d\\x7f\\x9b'],
    ['\x1b]8;;http://x\x07link\x1b]8;;\x1b\\', '\\x1b]8;;http://x\\x07link\\x1b]8;;\\x1b\\'],
    ['\0\b\v\f\x85\x9d52;c;eA==\x9c', '\\x00\\x08\\x0b\\x0c\\x85\\x9d52;c;eA==\\x9c'],
    ['a\u202eb\u2066c\u2069\u200f\u061c', 'a\\u202eb\\u2066c\\u2069\\u200f\\u061c'],
    ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['\ud800 \udc00\ud800', '\\ud800 \\udc00\\ud800'],
    ['a\tb\nc é 漢 😀 👨‍👩‍👧 می‌خواهم \\x1b', 'a\tb\nc é 漢 😀 👨‍👩‍👧 می‌خواهم \\x1b'],
  ] as const)
    t.equal(escapeControls(text), shown)
})

t.test('oneLine replaces newlines by spaces', async (t) => {
  t.equal(oneLine('a\r\n  b\n\n\x1bc\td\u2028'), 'a b \\x1bc\td\\u2028')
})

t.test('escapeLine escapes newlines, and escapeJson keeps the meaning of JSON', async (t) => {
  t.equal(escapeLine('host\n[0] \x1b'), 'host\\n[0] \\x1b')
  const value = { '\x9b': '\x7f\u202e\u2028\n\ud800', list: ['\x1b'] }
  const json = escapeJson(JSON.stringify(value, undefined, 2))
  t.notMatch(json, /[^\n -~]/)
  t.strictSame(JSON.parse(json), value)
})

t.test('escaped text has no unsafe character, and escaping it again changes nothing', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(0xffff), (text, unit) => {
      const safe = escapeControls(text + String.fromCharCode(unit))
      const isSafe = ![...safe].some((character) => {
        const code = character.codePointAt(0) as number
        const isControl = (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160)
        return isControl || (code >= 0xd800 && code < 0xe000) || (code >= 0x2028 && code <= 0x202e)
      })
      return isSafe && escapeControls(safe) === safe && !oneLine(safe).includes('\n')
    }),
  )
})
