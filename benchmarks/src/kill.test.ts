import t from 'tap'
import { killFits } from './kill.ts'

t.test('fits that are killed at random moments continue bit for bit, and no checkpoint is damaged', async (t) => {
  const outcomes = await killFits({ runs: 3, seed: 5, dir: t.testdir(), onProgress: () => {} })
  t.equal(outcomes.length, 3)
  t.strictSame(
    outcomes.flatMap(({ problems }) => problems),
    [],
  )
  t.ok(outcomes.some(({ afterKillMs }) => afterKillMs !== undefined))
})
