import t from 'tap'
import { merge } from './merge.ts'

const ms = 1_700_000_000_000

/** Sources whose lines have the time under different names. `n` is the position of a line in the order of time. */
const sources: [name: string, lines: string[]][] = [
  ['time', [`{"level":30,"time":${ms},"n":0}`, `{"level":30,"time":${ms + 4},"n":4}`]],
  ['ts', [`{"ts":${(ms + 1) / 1000},"n":1}`, `{"ts":"2023-11-14T22:13:20,005Z","n":5}`]],
  ['log.at', [`{"log":{"at":${ms + 2}},"n":2}`, `{"log":{"at":${(ms + 6) * 1e6}},"n":6}`]],
  ['x'.repeat(200), [`{"${'x'.repeat(200)}":${ms + 3},"n":3}`]],
]

for (const wasm of [true, false]) {
  for (const live of [false, true]) {
    t.test(`each source may have its own name of the time, with wasm: ${wasm} and live: ${live}`, async (t) => {
      const calls: number[] = []
      const timeKey = (source: number) => {
        calls.push(source)
        return (sources[source] as (typeof sources)[0])[0]
      }
      const merged = merge(
        sources.map(([, lines]) => [Buffer.from(`${lines.join('\n')}\n`)]),
        { timeKey, wasm, live },
      )
      let text = ''
      for await (const chunk of merged) text += chunk
      t.same(
        [...text.matchAll(/"n":(\d)/g)].map(([, n]) => Number(n)),
        [0, 1, 2, 3, 4, 5, 6],
      )
      t.same(calls.toSorted(), [0, 1, 2, 3], 'once for each source')
    })
  }
}

t.test('records without a time are counted for each source', async (t) => {
  const lines = [
    [`{"level":30,"time":${ms}}`, '{"ts":1}', '    at x', '{"time": "soon"}', '{"time":1e20}', '{"torn'],
    ['text', 'more text'],
    ['{"ts":1}'],
    [`{"time":${ms}}`],
  ]
  for (const wasm of [true, false]) {
    const merged = merge(
      lines.map((lines) => [Buffer.from(`${lines.join('\n')}\n`)]),
      { wasm },
    )
    for await (const _ of merged);
    t.same(
      lines.map((_, source) => [merged.untimed(source), merged.hasTime(source)]),
      [
        [3, true],
        [0, false],
        [1, false],
        [0, true],
      ],
    )
  }
})
