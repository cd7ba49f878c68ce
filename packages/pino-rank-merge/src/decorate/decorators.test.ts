import t from 'tap'
import { dedup } from '../dedup/dedup.ts'
import { merge } from '../order/merge.ts'
import { type Block, blocksOf, type Decorator } from './block.ts'
import { label } from './label.ts'
import { ranksText } from './ranks-text.ts'
import { reduce } from './reduce.ts'

const line = (rank: number, time: number, fields: object) =>
  `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + time, pid: 10 + rank, hostname: 'h', rank, ...fields })}\n`

/** Returns the output of decorators for the lines of some ranks. */
async function decorate(sources: readonly string[], ...decorators: Decorator[]): Promise<string> {
  const lines = merge(sources.map((text) => [Buffer.from(text)]))
  const blocks = decorators.reduce<AsyncIterable<Block[]>>(
    (blocks, decorate) => decorate(blocks),
    blocksOf(lines.batches()),
  )
  let text = ''
  for await (const found of blocks) text += Buffer.concat(found.map(({ bytes }) => bytes))
  return text
}

const namesOf = (sources: readonly string[]) => sources.map((_, rank) => String(rank))

t.test('dedup writes equal records once, with their ranks, and different records separately', async (t) => {
  const sources = [0, 1, 2, 3].map(
    (rank) =>
      line(rank, rank, { msg: 'start' }) +
      line(rank, 100, { loss: rank % 2 }) +
      line(rank, 200, { msg: rank === 2 ? 'odd' : 'end' }),
  )
  const found = (await decorate(sources, dedup({ names: namesOf(sources) })))
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  t.match(found, [
    { ranks: '0-3', msg: 'start' },
    { ranks: '0,2', loss: 0 },
    { ranks: '1,3', loss: 1 },
    { ranks: '0-1,3', msg: 'end' },
    { rank: 2, msg: 'odd' },
  ])
  t.notOk('rank' in found[0])
})

t.test('dedup writes a record again if the same rank repeats it, or if it is outside of the window', async (t) => {
  const sources = [
    line(0, 0, { msg: 'a' }) + line(0, 1, { msg: 'a' }),
    line(1, 2, { msg: 'a' }) + line(1, 100, { msg: 'a' }),
  ]
  const found = (await decorate(sources, dedup({ names: namesOf(sources) })))
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  t.match(found, [{ rank: 0 }, { ranks: '0-1' }, { rank: 1 }])
})

t.test('a stack trace is one block, which dedup writes once and label prefixes with its ranks', async (t) => {
  const trace = 'Error: no device\n    at start (train.js:1:1)\n    at main (train.js:9:1)\n'
  const sources = [0, 1].map((rank) => line(rank, 0, { msg: 'start' }) + trace + line(rank, 90, { msg: `bye ${rank}` }))
  const names = namesOf(sources)
  t.equal(
    await decorate(sources, dedup({ names }), label({ template: '[{rank}] ', names })),
    `[0-1] {"level":30,"time":1700000000000,"pid":10,"hostname":"h","ranks":"0-1","msg":"start"}\n${trace.replace(/^/gm, '[0-1] ').replace(/\[0-1\] $/, '')}${'[0] '}${line(0, 90, { msg: 'bye 0' })}[1] ${line(1, 90, { msg: 'bye 1' })}`,
  )
})

t.test('reduce makes one record of each step, and names the missing ranks', async (t) => {
  const sources = [0, 1, 2].map((rank) =>
    [0, 1]
      .map((step) =>
        rank === 2 && step === 1
          ? ''
          : line(rank, 100 * step + rank, { metrics: { loss: rank + step }, step, batchSize: rank + 1 }),
      )
      .join(''),
  )
  const found = (await decorate(sources, reduce({ names: namesOf(sources) })))
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  t.match(found, [
    {
      step: 0,
      ranks: '0-2',
      mean: { loss: (0 * 1 + 1 * 2 + 2 * 3) / 6 },
      min: { loss: 0 },
      max: { loss: 2 },
      sum: { loss: 3 },
      count: { loss: 3 },
    },
    { step: 1, ranks: '0-1', mean: { loss: (1 * 1 + 2 * 2) / 3 }, missing: '2' },
  ])
  t.strictSame(found[0].metrics, found[0].mean)
  t.notOk('missing' in found[0])
})

t.test('reduce counts an invalid weight as 1', async (t) => {
  for (const batchSize of [0, -2, null, '4']) {
    const sources = [
      line(0, 0, { metrics: { loss: 1 }, step: 0, batchSize }),
      line(1, 1, { metrics: { loss: 4 }, step: 0, batchSize: 2 }),
    ]
    const { mean, sum, count } = JSON.parse(await decorate(sources, reduce({ names: namesOf(sources) })))
    t.strictSame([mean, sum, count], [{ loss: 3 }, { loss: 5 }, { loss: 2 }], `batchSize: ${batchSize}`)
  }
  const alone = line(0, 0, { metrics: { loss: 2 }, step: 0, batchSize: 0 })
  t.strictSame(JSON.parse(await decorate([alone], reduce({ names: ['0'] }))).mean, { loss: 2 })
})

t.test('ranksText shortens consecutive ranks to ranges', async (t) => {
  for (const [names, text] of [
    [['0', '1', '2', '7'], '0-2,7'],
    [['3'], '3'],
    [['10', '9', 'train.log'], '9-10,train.log'],
    [[], ''],
  ] as const)
    t.equal(ranksText(names), text)
})
