import t from 'tap'
import { DemoScreen } from './demo-screen.ts'

function show(records: readonly (object | string)[], columns = 100): string[] {
  let text = ''
  const screen = new DemoScreen({ columns, write: (more: string) => (text += more) })
  for (const record of records) screen.take(typeof record === 'string' ? record : JSON.stringify(record))
  screen.end()
  t.match(text, /^$|\n$/)
  return text.split('\n').slice(0, -1)
}

const time = Date.UTC(2026, 0, 1, 12, 30, 15, 250)
const info = { level: 30, time, pid: 1, hostname: 'h', rank: 0, seq: 1 }

t.test('DemoScreen shows one line for each message, error and epoch', async (t) => {
  t.same(
    show([
      { ...info, msg: 'backend: wasm' },
      { ...info, hparams: { lr: 0.15, batchSize: 16 } },
      { ...info, level: 50, rank: 2, err: { message: 'staged', stack: 'Error: staged\n at x' }, msg: 'skips a digit' },
      { ...info, metrics: { val_loss: 0.123456, val_acc: 0.97 }, step: 124, epoch: 0 },
    ]),
    [
      '[0] 12:30:15.250 info  backend: wasm',
      '[0] 12:30:15.250 info  lr 0.15  batchSize 16',
      '[2] 12:30:15.250 ERROR skips a digit  staged',
      '[0] 12:30:15.250 info  epoch 0  step 124  val_loss 0.1235  val_acc 0.97',
    ],
  )
})

t.test('DemoScreen shows the first loss of each rank, and counts other metrics', async (t) => {
  const shard = (rank: number, step: number) => ({ ...info, rank, step, shardLoss: 2.25, msg: 'shard' })
  t.same(show([shard(0, 0), shard(1, 0), shard(0, 10), shard(1, 10), { ...info, metrics: { train_loss: 1 } }]), [
    '[0] 12:30:15.250 info  shard  step 0  shardLoss 2.25',
    '[1] 12:30:15.250 info  shard  step 0  shardLoss 2.25',
    '… and 3 more records in the files',
  ])
})

t.test('DemoScreen cuts long lines, and shows text that is not a record', async (t) => {
  t.same(show([{ ...info, msg: 'x'.repeat(50) }, 'a native library', '17', '\x1b[2Jcleared'], 40), [
    `[0] 12:30:15.250 info  ${'x'.repeat(15)}…`,
    'a native library',
    '17',
    '\\x1b[2Jcleared',
  ])
})
