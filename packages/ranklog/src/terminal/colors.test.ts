import t from 'tap'
import { colorOf, hasColors } from './colors.ts'

t.test('colours are decided by FORCE_COLOR, then by NO_COLOR, then by the terminal', async (t) => {
  const cases: [env: NodeJS.ProcessEnv, isTTY: boolean | undefined, expected: boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{}, undefined, false],
    [{ TERM: 'dumb' }, true, false],
    [{ TERM: 'xterm' }, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false, true],
  ]
  for (const [env, isTTY, expected] of cases)
    t.equal(hasColors(isTTY === undefined ? {} : { isTTY }, env), expected, `${JSON.stringify(env)} ${isTTY}`)
})

t.test('a rank has one colour, neighbours have different ones, and they repeat', async (t) => {
  const colors = Array.from({ length: 24 }, (_, rank) => colorOf(String(rank)))
  t.equal(new Set(colors.slice(0, 12)).size, 12)
  t.strictSame(colors.slice(12), colors.slice(0, 12))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequence of a colour
  for (const color of [...colors, colorOf('train.log'), colorOf('ä')]) t.match(color, /^\x1b\[38;5;\d{2,3}m$/)
  t.equal(colorOf('ab'), colorOf(String('a'.charCodeAt(0) + 'b'.charCodeAt(0))), 'a name has that of its characters')
})
