import t from 'tap'
import { parseMembers } from './process-group.ts'

t.test('members are parsed from the output of ps(1) on macOS', async (t) => {
  const text = [
    '    1     1 Sat Nov 28 20:00:00 2026    ',
    '  501   500 Sat Nov 28 20:11:22 2026    ',
    ' 1500  1500 Sun Nov 29 01:02:03 2026    ',
    '  502   500 Sat Nov  7 20:11:23 2026    ',
    '',
  ].join('\n')
  t.strictSame(parseMembers(text, 500), [
    { pid: 501, startTime: 'Sat Nov 28 20:11:22 2026', session: undefined },
    { pid: 502, startTime: 'Sat Nov  7 20:11:23 2026', session: undefined },
  ])
  t.strictSame(parseMembers('', 500), [])
})
