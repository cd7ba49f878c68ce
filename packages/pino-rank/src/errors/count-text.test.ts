import t from 'tap'
import { countText } from './index.ts'

t.test('the unit is plural unless the count is one', async (t) => {
  t.strictSame(
    [0, 1, 2].map((count) => countText(count, 'line')),
    ['0 lines', '1 line', '2 lines'],
  )
})
