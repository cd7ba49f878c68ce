import t from 'tap'
import { EmulatedTerminal } from '../kit/emulated-terminal.ts'
import type { Progress } from './progress.ts'
import { ProgressBar } from './progress-bar.ts'

const epoch: Progress = {
  stage: 'train',
  epoch: 0,
  maxEpochs: 2,
  batch: 1,
  batches: 4,
  elapsedMs: 1000,
  isDone: false,
  metrics: {},
}
const validation: Progress = { ...epoch, stage: 'validation' }
const epochLine = 'epoch 1/2 ━━━━━━────────────────── 1/4  0:00:01 • 0:00:03  1.0 it/s'
const alignedLine = epochLine.replace('1/2', '1/2 ')
const validationLine = 'validation ━━━━━━────────────────── 1/4  0:00:01 • 0:00:03  1.0 it/s'
const doneLine = 'epoch 1/2 4/4  0:00:01  4.0 it/s'

function open(columns = 80, rows = 8) {
  const terminal = new EmulatedTerminal(columns, rows)
  const bar = new ProgressBar(terminal as unknown as NodeJS.WriteStream)
  t.teardown(() => bar.close())
  return { terminal, bar }
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`)
const blank = (count: number) => Array<string>(count).fill('')

t.test('the bars stay in the last rows, and output of other processes scrolls above them', async (t) => {
  const { terminal, bar } = open()
  terminal.write('before\n')
  bar.show(epoch)
  t.strictSame(await terminal.lines(), ['before', ...blank(6), epochLine])
  for (const line of numbered(20)) terminal.write(`${line}\n`)
  bar.show(validation)
  terminal.write('last\n')
  t.strictSame(await terminal.lines(), ['before', ...numbered(20), 'last', '', alignedLine, validationLine])
})

t.test('a line that another process writes in parts stays whole', async (t) => {
  const { terminal, bar } = open()
  terminal.write(`${'\n'.repeat(7)}first `)
  bar.show(epoch)
  terminal.write('second ')
  bar.show(validation)
  terminal.write('third\n')
  t.ok((await terminal.lines()).includes('first second third'))
})

t.test('a complete epoch scrolls with the output, and the end leaves only output', async (t) => {
  const { terminal, bar } = open()
  bar.show(epoch)
  bar.show(validation)
  bar.show({ ...epoch, batch: 4, isDone: true })
  bar.show(epoch)
  t.strictSame(await terminal.lines(), [doneLine, ...blank(5), epochLine, ''])
  bar.close()
  t.strictSame(await terminal.lines(), [doneLine, ...blank(7)])
  terminal.write(numbered(9).join('\n'))
  t.strictSame(await terminal.lines(), [doneLine, ...numbered(9)], 'the whole screen scrolls')
})

t.test('the line of a complete epoch has all metrics, even if it is longer than a row', async (t) => {
  const { terminal, bar } = open(40)
  bar.show({ ...epoch, batch: 4, isDone: true, metrics: { train_loss: 0.5, val_loss: 0.25 } })
  bar.show(epoch)
  const [first, second] = await terminal.lines()
  t.equal(`${first}${second}`, `${doneLine}  train_loss 0.5000  val_loss 0.2500`)
})

for (const [columns, rows] of [
  [80, 12],
  [80, 6],
  [120, 8],
  [40, 6],
] as const) {
  t.test(`a terminal that is resized to ${columns}x${rows} shows each bar once, and keeps the output`, async (t) => {
    const { terminal, bar } = open()
    for (const line of numbered(20)) terminal.write(`${line}\n`)
    bar.show(epoch)
    bar.show(validation)
    await terminal.resize(columns, rows)
    terminal.write('after\n')
    const lines = await terminal.lines()
    t.equal(lines.filter((line) => line.startsWith('epoch')).length, 1)
    t.match(lines.slice(-2), [/^epoch 1\/2 {2}━/, /^validation ━/])
    t.strictSame(
      lines.filter((line) => /^(line|after)/.test(line)),
      [...numbered(20), 'after'],
    )
  })
}

t.test('a terminal that becomes too small shows no bar, until it is larger again', async (t) => {
  const { terminal, bar } = open()
  bar.show(epoch)
  await terminal.resize(80, 4)
  t.notOk((await terminal.lines()).some((line) => line.includes('━')))
  await terminal.resize(80, 8)
  t.equal((await terminal.lines()).at(-1), epochLine)
})
