import t from 'tap'
import { withoutBar } from './bar.ts'
import { Screen } from './screen.ts'

/** What comes out of chunks, and which bars were shown. */
async function run(...chunks: string[]): Promise<[text: string, bars: string[]]> {
  const bars: string[] = []
  const stream = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })()
  let text = ''
  for await (const part of withoutBar(stream, (bar) => bars.push(bar))) text += part
  return [text, bars]
}

t.test('a bar is shown until its line ends, and passed on as it stood', async (t) => {
  t.strictSame(await run('a\n', '\r 10 %', '\r 20 %', '\r100 %\n', 'b\n'), ['a\n100 %\nb\n', [' 10 %', ' 20 %', '']])
  t.strictSame(await run('10 %\r', '20 %\r', '30 %\r\nb\n'), ['30 %\r\nb\n', ['10 %', '20 %', '']])
  t.strictSame(await run('\r1', '0 %', ' done\rnext'), ['next', ['1', '10 %', 'next', '']])
})

t.test('what is no bar is as it is', async (t) => {
  t.strictSame(await run('a', 'b\r\n', 'c\nd'), ['ab\r\nc\nd', []])
  const [long] = await run('x'.repeat(100_000), 'y\n')
  t.equal(long.length, 100_002)
})

t.test('the bar stays the last line', async (t) => {
  let drawn = ''
  let columns = 20
  const screen = new Screen(
    async (bytes) => {
      drawn += bytes
      return true
    },
    () => columns,
  )
  await screen.lines(Buffer.from('a\n'))
  screen.show('50 % \x1b[31m')
  await screen.lines(Buffer.from('b\n'))
  columns = 5
  await screen.lines(Buffer.from('c\n'))
  screen.show('')
  await screen.lines(Buffer.from('d\n'))
  t.equal(drawn, 'a\n\r\x1b[K50 % \\x1b[31m\r\x1b[Kb\n50 % \\x1b[31m\r\x1b[Kc\n50 %\r\x1b[Kd\n')
})
