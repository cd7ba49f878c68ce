import t from 'tap'
import { withoutBar } from './bar.ts'

/** Passes chunks through `withoutBar`. Returns the text and the bars that were shown. */
async function run(...chunks: string[]): Promise<[text: string, bars: string[]]> {
  const bars: string[] = []
  const stream = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })()
  let text = ''
  for await (const part of withoutBar(stream, (bar) => bars.push(bar))) text += part
  return [text, bars]
}

t.test('a bar is shown until its line ends, then its last state is passed on', async (t) => {
  t.strictSame(await run('a\n', '\r 10 %', '\r 20 %', '\r100 %\n', 'b\n'), ['a\n100 %\nb\n', [' 10 %', ' 20 %', '']])
  t.strictSame(await run('10 %\r', '20 %\r', '30 %\r\nb\n'), ['30 %\r\nb\n', ['10 %', '20 %', '']])
  t.strictSame(await run('\r1', '0 %', ' done\rnext'), ['next', ['1', '10 %', 'next', '']])
})

t.test('text without a bar is passed on unchanged', async (t) => {
  t.strictSame(await run('a', 'b\r\n', 'c\nd'), ['ab\r\nc\nd', []])
  const [long] = await run('x'.repeat(100_000), 'y\n')
  t.equal(long.length, 100_002)
})

t.test(
  'text whose newline does not arrive is passed on after a time, and a bar may start later in its line',
  async (t) => {
    const due: (() => void)[] = []
    const clock = {
      after(_ms: number, task: () => void) {
        due.push(task)
        return () => {
          if (due.includes(task)) due.splice(due.indexOf(task), 1)
        }
      },
    }
    const chunks: ((chunk: string | undefined) => void)[] = []
    const stream = (async function* () {
      for (;;) {
        const chunk = await new Promise<string | undefined>((resolve) => chunks.push(resolve))
        if (chunk === undefined) return
        yield Buffer.from(chunk)
      }
    })()
    const bars: string[] = []
    const found: string[] = []
    const ended = (async () => {
      for await (const part of withoutBar(stream, (bar) => bars.push(bar), clock)) found.push(part.toString())
    })()
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const send = async (chunk: string | undefined) => {
      while (chunks.length === 0) await turn()
      chunks.shift()?.(chunk)
      for (let turns = 0; turns < 3; turns++) await turn()
    }
    const wait = async () => {
      for (const task of due.splice(0)) task()
      for (let turns = 0; turns < 3; turns++) await turn()
    }
    await send('Name? ')
    t.strictSame([found, due.length], [[], 1])
    await wait()
    t.strictSame(found, ['Name? '])
    await send('Bob\n')
    await send('\r 10 %')
    t.strictSame([found, due.length], [['Name? ', 'Bob\n'], 0], 'a bar is not passed on before its end')
    await send('\n0 %')
    await wait()
    await send('\r50 %')
    await send(' done\n')
    await send(undefined)
    await ended
    t.strictSame(
      [found, bars],
      [
        ['Name? ', 'Bob\n', ' 10 %\n', '0 %', '50 % done\n'],
        [' 10 %', '', '50 %', ''],
      ],
    )
  },
)
