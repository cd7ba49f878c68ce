import t from 'tap'
import { shortAnswer } from './answer.ts'
import { cellOf, givenDisk, idleCells, resultOf, throttledDisk } from './result.test-kit.ts'
import type { Result } from './result.ts'

const shared = 'pino/file to one file'
const own = 'appendFileSync to N files'
const intact = 'All lines of all modes were found in the files, none of them torn.'
const onGiven = 'On this disk (ext4, 210 MB/s measured)'
const ranks8 = `${onGiven}, with 8 ranks that each log 100 lines a step,`
const control = 'No logging, measured a second time as the control, took 1.00 × as long (95 % interval 0.99 to 1.01).'
const same = ': no more than the noise of this run.'
const gated = 'With gated logging, where rank 0 alone writes, a step takes'
const sharedSlower = `${ranks8} a step takes 3.1 × as long as without logging (p99 of ${shared}; 95 % interval 3.1).`

const throttled = { disk: 'throttled' } as const
const oneRank = { ranks: 1, round: { stallOthers: null, barrierLoss: 0 } }

const cases: [name: string, result: Result, answer: string[]][] = [
  [
    'a difference that the interval supports is a cost, and one that the control explains is noise',
    resultOf([...idleCells(), cellOf(shared, 18.6), cellOf(own, 8.4), cellOf('gated', 6.06), cellOf('split', 9)]),
    [
      `${ranks8} a step takes 3.1 × as long as without logging (p99 of ${shared}, the slowest mode; 95 % interval 3.1). With the fastest one, ${own}, it takes 1.40 × as long (95 % interval 1.39 to 1.41).`,
      `${gated} 1.01 × as long as without logging (95 % interval 1.00 to 1.02)${same}`,
      intact,
      control,
    ],
  ],
  [
    'an interval that covers 1 is no difference, however large the median',
    resultOf([...idleCells(), cellOf(shared, 9, { spread: 0.6 }), cellOf('gated', 7.2, { spread: 0.3 })]),
    [
      `${ranks8} logging makes no difference that this run can show: p99 is 1.50 × that of no logging.`,
      `${gated} 1.20 × as long as without logging (95 % interval 0.93 to 1.47)${same}`,
      intact,
      control,
    ],
  ],
  [
    'a difference that is not larger than that of the control is noise',
    resultOf([...idleCells({}, 0.2), cellOf(shared, 6.6), cellOf('gated', 6.6)]),
    [
      `${ranks8} logging makes no difference that this run can show: p99 is 1.10 × that of no logging.`,
      `${gated} 1.10 × as long as without logging (95 % interval 1.09 to 1.11)${same}`,
      intact,
      'No logging, measured a second time as the control, took 1.00 × as long (95 % interval 0.85 to 1.15).',
    ],
  ],
  [
    'without other loggers and without the gated mode, the answer names both gaps',
    resultOf([...idleCells(), cellOf('split', 9)]),
    [
      `${onGiven} no mode in which every rank logs was measured.`,
      'Gated logging was not measured, so what it saves is not known.',
      intact,
      control,
    ],
  ],
  [
    'with one rank, the answer recommends more ranks',
    resultOf([...idleCells(oneRank), cellOf(shared, 12, oneRank), cellOf('gated', 12, oneRank)]),
    [
      `${onGiven}, with 1 rank that logs 100 lines a step, a step takes 2 × as long as without logging (p99 of ${shared}; 95 % interval 1.98 to 2).`,
      'With gated logging a step takes 2 × as long as without logging (95 % interval 1.98 to 2). One rank has nothing to gate out: take more ranks to see what gating saves.',
      intact,
      control,
    ],
  ],
  [
    'on a noisy machine, the answer has the first warning and recommends a second run',
    resultOf([...idleCells(), cellOf(shared, 18.6), cellOf('gated', 6)], {
      noise: { spread: 0.3, otherCpu: 0.6, warnings: ['another process used 1.2 of 2 cores', 'p50 varied by 30 %'] },
    }),
    [
      sharedSlower,
      `${gated} 1.00 × as long as without logging (95 % interval 0.99 to 1.01)${same}`,
      intact,
      'The machine was noisy (another process used 1.2 of 2 cores, and 1 other warning): repeat this when nothing else runs.',
    ],
  ],
  [
    'with too few rounds, the answer has no figures',
    resultOf([...idleCells({ count: 2 }), cellOf(shared, 60, { count: 2 }), cellOf('gated', 6, { count: 2 })]),
    [
      `${ranks8} 2 rounds cannot show what logging costs; 5 can.`,
      '2 rounds cannot show what gated logging costs.',
      intact,
      'The control has too few rounds to show the noise of this machine.',
    ],
  ],
  [
    'without a run of no logging, the cost is not known',
    resultOf([cellOf(shared, 18.6), cellOf('gated', 6)]),
    [
      `${ranks8} no run without logging was measured to compare with, so the cost is not known.`,
      'Gated logging was not measured, so what it saves is not known.',
      intact,
      'No control was measured, so the noise of this machine is not known.',
    ],
  ],
  [
    'the answer has a sentence about the second disk, and one about lost and torn lines',
    resultOf(
      [
        ...idleCells(),
        cellOf(shared, 18.6, { round: { torn: 3 } }),
        cellOf('gated', 6, { round: { lost: 1 } }),
        ...idleCells(throttled),
        cellOf(shared, 156, throttled),
        cellOf('gated', 6, throttled),
      ],
      { disks: [givenDisk, throttledDisk] },
    ),
    [
      sharedSlower,
      `${gated} 1.00 × as long as without logging (95 % interval 0.99 to 1.01)${same}`,
      `On the throttled disk (ext4, 10 MB/s measured) a step takes 26 × as long as without logging (${shared}; 95 % interval 26); with gated logging it takes 1.00 × as long (95 % interval 0.99 to 1.01)${same}`,
      `Lines lost, torn or written twice: gated (6 lost) and ${shared} (18 torn).`,
      control,
    ],
  ],
  [
    'a disk that could not be measured is named with the reason',
    resultOf([...idleCells(), cellOf(shared, 6), cellOf('gated', 5.4)], {
      disks: [givenDisk, { name: 'throttled', fileSystem: 'ext4', note: 'not measured: it needs root.' }],
    }),
    [
      `${ranks8} logging makes no difference that this run can show: p99 is 1.00 × that of no logging.`,
      `${gated} 0.90 × as long as without logging (95 % interval 0.89 to 0.91): it cannot be shorter, so the machine changed during the run.`,
      'No figures of a disk: throttled (not measured: it needs root).',
      intact,
      control,
    ],
  ],
  [
    'a mode that failed in several jobs is named once, with the error',
    resultOf([...idleCells(), cellOf('gated', 6)], {
      failed: [1, 8].map((ranks) => ({
        disk: 'given',
        mode: shared,
        ranks,
        linesPerStep: 100,
        lineBytes: 300,
        error: `ranklog-bench: rank 0 of ${ranks} in "${shared}" ended with exit code 1 before it had measured; its stderr: file:///a.js:1\n  throw new Error()\n\nError: no file\n    at a.js`,
      })),
    }),
    [
      `${onGiven} no mode in which every rank logs was measured.`,
      `${gated} 1.00 × as long as without logging (95 % interval 0.99 to 1.01)${same}`,
      `The mode ${shared} could not be measured with 1 rank on the disk given: rank 0 of 1 ended with exit code 1 before it had measured (Error: no file). It failed in 1 other job, too.`,
      intact,
      control,
    ],
  ],
  [
    'without any mode, there is no answer',
    resultOf([]),
    ['No mode was measured, so there is no answer.', 'No figures of a disk: given.'],
  ],
]

for (const [name, result, answer] of cases) t.test(name, async (t) => t.strictSame(shortAnswer(result), answer))

t.test('a control with another number of lines is compared with the cell that it repeats', async (t) => {
  const one = { linesPerStep: 1 }
  const [sentence] = shortAnswer(
    resultOf([...idleCells(one, 0.2), cellOf('no logging', 12), cellOf(shared, 13.2), cellOf('gated', 12)]),
  )
  t.match(sentence, /logging makes no difference .*: p99 is 1\.10 × that of no logging/)
})

t.test('without the given disk, the answer is about the first two disks that were measured', async (t) => {
  const tmpfs = { disk: 'tmpfs' } as const
  const disks = [throttledDisk, { name: 'tmpfs', fileSystem: 'tmpfs' } as const]
  const cells = [throttled, tmpfs].flatMap((disk) => [
    ...idleCells(disk),
    cellOf(shared, 12, disk),
    cellOf('gated', 6, disk),
  ])
  const [first, , second] = shortAnswer(resultOf(cells, { disks }))
  t.match(first, /^On the throttled disk \(ext4, 10 MB\/s measured\), with 8 ranks /)
  t.match(second, /^On tmpfs \(memory, rate not measured\) a step takes 2 × /)
})

t.test('the answer is about the largest job that was measured', async (t) => {
  const few = { ranks: 2 }
  const [sentence] = shortAnswer(
    resultOf([
      ...idleCells(few),
      cellOf(shared, 60, few),
      ...idleCells(),
      cellOf(shared, 12),
      cellOf(shared, 6, { linesPerStep: 1 }),
    ]),
  )
  t.match(sentence, /8 ranks that each log 100 lines a step, a step takes 2 × as long/)
})
