import t from 'tap'
import { escapeControls } from './index.ts'

t.test('what a terminal would obey becomes visible, and all other text stays', async (t) => {
  t.equal(escapeControls('\x1b[31m\r\x7f\x9b'), '\\x1b[31m\\x0d\\x7f\\x9b')
  t.equal(escapeControls('a\tb\nc é 漢 😀 \\x1b'), 'a\tb\nc é 漢 😀 \\x1b')
})
