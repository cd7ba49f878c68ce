import t from 'tap'
import { forkRank } from './fork-rank.ts'

t.test('a slot that is not a rank is refused', async (t) => {
  for (const slot of [-1, 1.5, Number.NaN, '0', undefined] as number[]) {
    t.throws(() => forkRank(slot), { code: 'OPTION_INVALID', message: /slot/ })
  }
})
