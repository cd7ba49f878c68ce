import t from 'tap'
import { key, textWidth } from './chart.ts'

t.test('the texts of a legend do not overlap', async (t) => {
  const names = ['no logging', 'gated', 'appendFileSync + fsync to N files']
  const entries = names.map((name) => [name, 'black'] as const)
  const layers = key(entries, 10, 20) as { mark: { type: string }; encoding: { x: { value: number } } }[]
  const starts = layers.filter(({ mark }) => mark.type === 'text').map(({ encoding }) => encoding.x.value)
  t.equal(starts.length, names.length)
  for (const [at, name] of names.slice(0, -1).entries())
    t.ok((starts[at + 1] as number) > (starts[at] as number) + textWidth(name), name)
})
