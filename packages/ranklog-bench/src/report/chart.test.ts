import t from 'tap'
import { key, textWidth } from './chart.ts'

/** Half the width of a legend's square, in pixels. */
const halfSquare = 6

t.test('the squares and texts of a legend do not overlap', async (t) => {
  const names = ['no logging', 'gated', 'appendFileSync + fsync to N files']
  const entries = names.map((name) => [name, 'black'] as const)
  const layers = key(entries, 10, 20) as { mark: { type: string }; encoding: { x: { value: number } } }[]
  const ends = names.flatMap((name, at) => {
    const [square, text] = layers.slice(2 * at).map(({ encoding }) => encoding.x.value) as [number, number]
    return [square - halfSquare, square + halfSquare, text, text + textWidth(name)]
  })
  t.equal(ends.length, 4 * names.length)
  t.strictSame(
    ends,
    ends.toSorted((one, other) => one - other),
    'each ends before the next one starts',
  )
})
