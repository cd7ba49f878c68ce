import t from 'tap'
import { barLines } from './bar-text.ts'
import type { Progress } from './progress.ts'

const epoch: Progress = {
  stage: 'train',
  epoch: 0,
  maxEpochs: 6,
  batch: 50,
  batches: 200,
  elapsedMs: 5000,
  isDone: false,
  metrics: { loss: 0.25 },
}
const validation: Progress = { ...epoch, stage: 'validation', batch: 1, batches: 4, elapsedMs: 4000, metrics: {} }

const lines: [what: string, shown: Progress[], columns: number, lines: string[]][] = [
  ['nothing', [], 80, []],
  ['an epoch', [epoch], 100, ['epoch 1/6 ━━━━━━────────────────── 50/200  0:00:05 • 0:00:15  10.0 it/s  loss 0.2500']],
  [
    'an epoch that starts',
    [{ ...epoch, batch: 0, elapsedMs: 0, metrics: {} }],
    100,
    ['epoch 1/6 ──────────────────────── 0/200  0:00:00 • -:--:--  0.00 it/s'],
  ],
  [
    'a validation in an epoch',
    [{ ...epoch, metrics: {} }, validation],
    100,
    [
      'epoch 1/6  ━━━━━━────────────────── 50/200  0:00:05 • 0:00:15  10.0 it/s',
      'validation ━━━━━━────────────────── 1/4  0:00:04 • 0:00:12  0.25 it/s',
    ],
  ],
  [
    'no batches',
    [{ ...validation, batch: 0, batches: 0 }],
    100,
    ['validation ━━━━━━━━━━━━━━━━━━━━━━━━ 0/0  0:00:04 • -:--:--  0.00 it/s'],
  ],
  ['a narrow terminal', [epoch], 70, ['epoch 1/6 ━━━─────── 50/200  0:00:05 • 0:00:15  10.0 it/s  loss 0.2500']],
  [
    'a terminal too narrow for times and metrics',
    [epoch, validation],
    60,
    ['epoch 1/6  ━━━━━━────────────────── 50/200  loss 0.2500', 'validation ━━━━━━────────────────── 1/4'],
  ],
  ['a very narrow terminal', [epoch], 34, ['epoch 1/6 ━━────── 50/200  loss 0…']],
  [
    'metrics: a small one, none, and names with wide characters and an escape sequence',
    [{ ...epoch, metrics: { lr: 0.0000123, none: Number.NaN, 損失: 1, '\x1b[2J': 2 } }],
    120,
    [
      'epoch 1/6 ━━━━━━───────────────── 50/200  0:00:05 • 0:00:15  10.0 it/s  lr 1.230e-5  none NaN  損失 1.0000  \\x1b[2J 2.0…',
    ],
  ],
]
for (const [what, shown, columns, expected] of lines)
  t.test(`the lines of ${what}`, async (t) => t.strictSame(barLines(shown, columns), expected))
