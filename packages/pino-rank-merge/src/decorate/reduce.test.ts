import t from 'tap'
import type { Block } from './block.ts'
import { type ReduceOptions, reduce } from './reduce.ts'

const start = 1_700_000_000_000

type Given = [time: number, source: number | number[], fields: object | string]

/** Returns the output of `reduce` for blocks, one line each: records as objects, and text as text. */
async function reduced(given: readonly Given[], options: Partial<ReduceOptions> = {}) {
  const blocks = async function* () {
    for (const [time, source, fields] of given)
      yield [{ bytes: Buffer.from(textOf(fields)), time: start + time, sources: [source].flat() } satisfies Block]
  }
  const found: { value: Record<string, unknown>; time: number; sources: readonly number[] }[] = []
  for await (const some of reduce({ names: ['0', '1'], ...options })(blocks()))
    for (const { bytes, time, sources } of some) {
      const text = String(bytes)
      found.push({ value: text.startsWith('{"level":30') ? JSON.parse(text) : text, time: time - start, sources })
    }
  return found
}

const textOf = (fields: object | string) => (typeof fields === 'string' ? fields : `${JSON.stringify(fields)}\n`)

const loss = (step: number, value = 1) => ({ step, metrics: { loss: value } })

/** Returns the step and the ranks of each record of `reduce`. */
const stepsIn = (found: Awaited<ReturnType<typeof reduced>>) =>
  found.map(({ value }) => [value.step, value.ranks, value.missing])

t.test('what is not a metric record with a step is passed on unchanged', async (t) => {
  for (const text of [
    'text with "metrics": in it\n',
    '{"metrics":\n',
    '{"msg":"a"}\n',
    '{"metrics":null,"step":1}\n',
    '{"metrics":0.5,"step":1}\n',
    '{"metrics":"loss","step":1}\n',
    '{"metrics":{"loss":1}}\n',
    '{"metrics":{"loss":1},"step":"1"}\n',
    '{"metrics":{"loss":1},"step":null}\n',
    '{"metrics":{},"step":1}\n',
    '{"metrics":{"loss":"high","list":[1,2],"none":null},"step":1}\n',
  ]) {
    const found = await reduced([[3, 1, text]])
    t.strictSame(found, [{ value: text, time: 3, sources: [1] }], text.trim())
  }
})

t.test('a record of a step has the time of its last record, and its sources in order', async (t) => {
  const [{ value, time, sources } = {} as never] = await reduced([
    [5, 1, { ...loss(4, 3), batchSize: 3 }],
    [9, 0, { ...loss(4, 1), batchSize: 1 }],
  ])
  t.strictSame(value, {
    level: 30,
    time: start + 9,
    metrics: { loss: 2.5 },
    step: 4,
    ranks: '0-1',
    mean: { loss: 2.5 },
    min: { loss: 1 },
    max: { loss: 3 },
    sum: { loss: 4 },
    count: { loss: 2 },
  })
  t.strictSame([time, sources], [9, [0, 1]])
})

t.test('nested metrics have names with slashes, and a rank may leave a metric out', async (t) => {
  const [{ value } = {} as never] = await reduced([
    [0, 0, { step: 0, metrics: { loss: { train: 1, val: { a: -2 } }, lr: 4 } }],
    [1, 1, { step: 0, metrics: { loss: { train: 3 } } }],
  ])
  t.strictSame(value.mean, { 'loss/train': 2, 'loss/val/a': -2, lr: 4 })
  t.strictSame(value.count, { 'loss/train': 2, 'loss/val/a': 1, lr: 1 })
  t.strictSame([value.min, value.max], [
    { 'loss/train': 1, 'loss/val/a': -2, lr: 4 },
    { 'loss/train': 3, 'loss/val/a': -2, lr: 4 },
  ]) // biome-ignore format: a table
})

t.test('a record of several ranks counts once for each', async (t) => {
  const [{ value } = {} as never] = await reduced([[0, [0, 1], { ...loss(0, 4), batchSize: 2 }]])
  t.strictSame([value.mean, value.sum, value.count, value.ranks], [{ loss: 4 }, { loss: 8 }, { loss: 2 }, '0-1'])
  t.notOk('missing' in value)
  const [{ value: uneven } = {} as never] = await reduced(
    [
      [0, [0, 1], loss(0, 4)],
      [0, 2, loss(0, 1)],
    ],
    { names: ['0', '1', '2'] },
  )
  t.strictSame(uneven.mean, { loss: 3 }, 'the mean is weighted by it')
})

t.test('a step is written when all ranks have logged it and one of them logs a later step', async (t) => {
  const text = 'x\n'
  t.strictSame(
    stepsIn(
      await reduced([
        [0, 0, loss(0)],
        [1, 0, loss(1)],
        [2, 0, text],
        [3, 1, loss(0)],
        [4, 0, text],
        [5, 1, loss(1)],
        [6, 1, text],
      ]),
    ),
    [
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
      [0, '0-1', undefined],
      [undefined, undefined, undefined],
      [1, '0-1', undefined],
    ],
  )
})

t.test('a step that a rank has not logged within the window names that rank as missing', async (t) => {
  const after = (ms: number, windowMs?: number) =>
    reduced(
      [
        [0, 0, loss(7)],
        [ms, 0, 'x\n'],
        [ms, 1, loss(7)],
      ],
      windowMs === undefined ? {} : { windowMs },
    ).then(stepsIn)
  const text = [undefined, undefined, undefined]
  t.strictSame(await after(50, 50), [text, [7, '0-1', undefined]])
  t.strictSame(await after(51, 50), [[7, '0', '1'], text, [7, '1', '0']])
  t.strictSame(await after(60_000), [text, [7, '0-1', undefined]], 'by default a minute')
  t.strictSame(await after(60_001), [[7, '0', '1'], text, [7, '1', '0']])
})

t.test('the steps that are open at the end are written in their order', async (t) => {
  t.strictSame(
    stepsIn(
      await reduced([
        [0, 1, loss(2)],
        [1, 0, loss(1)],
        [2, 0, loss(10)],
      ]),
    ),
    [
      [1, '0', '1'],
      [2, '1', '0'],
      [10, '0', '1'],
    ],
  )
})

t.test('a rank with several files is one rank', async (t) => {
  const names = ['0', '0', '1']
  const found = stepsIn(
    await reduced(
      [
        [0, 0, loss(0)],
        [1, 1, loss(1)],
        [2, 2, loss(1)],
        [3, 2, loss(2)],
      ],
      { names },
    ),
  )
  t.strictSame(found, [
    [1, '0-1', undefined],
    [0, '0', '1'],
    [2, '1', '0'],
  ])
})
