import t from 'tap'
import { StepLog } from './step-log.ts'

/** Returns the steps of a log after records of `[step, pid]`, a second apart, and how often all steps were removed. */
function stepsOf(...records: [step: number, pid?: number][]): {
  steps: number[]
  last: number | undefined
  forgot: number
} {
  const log = new StepLog()
  let forgot = 0
  records.forEach(([step, pid], at) => {
    if (log.take({ step, ...(pid !== undefined && { pid, hostname: 'h' }) }, 1000 * at)) forgot++
  })
  return { steps: [...log.times.keys()], last: log.last, forgot }
}

t.test('the time of a step is that of its first record', async (t) => {
  const log = new StepLog()
  log.take({ step: 1 }, 10)
  log.take({ step: 1 }, 11)
  log.take({ step: 2 }, 20)
  t.same([...log.times], [[1, 10], [2, 20]]) // biome-ignore format: a row
  t.equal(log.last, 2)
})

t.test('steps of an earlier run in the same file are removed', async (t) => {
  t.same(stepsOf([5, 1], [6, 1], [0, 2], [1, 2]), { steps: [0, 1], last: 1, forgot: 1 }, 'another process')
  t.same(
    stepsOf([5, 1], [6, 1], [5, 1], [6, 1]),
    { steps: [5, 6], last: 6, forgot: 1 },
    'the same number, as in a container',
  )
  t.same(stepsOf([5], [6], [0]), { steps: [0], last: 0, forgot: 1 }, 'records without a process')
})

t.test('an attempt that continues from a checkpoint replaces the steps after it', async (t) => {
  t.same(stepsOf([1, 1], [2, 1], [3, 1], [2, 2], [3, 2]), { steps: [1, 2, 3], last: 3, forgot: 0 })
})

t.test('a late record of an earlier step changes nothing', async (t) => {
  t.same(stepsOf([1, 1], [2, 1], [4, 1], [3, 1]), { steps: [1, 2, 4, 3], last: 4, forgot: 0 })
})

t.test('records without a step, or with a step that is not a finite number, are ignored', async (t) => {
  const log = new StepLog()
  for (const step of [undefined, null, '5', Number.NaN, Infinity, {}]) log.take({ step }, 1)
  t.equal(log.times.size, 0)
  t.equal(log.last, undefined)
})
