import { once } from 'node:events'
import t from 'tap'
import { type ResolvedRank, soleRank } from './rank-info.ts'
import { type ResolveRankOptions, resolveRank } from './resolve-rank.ts'

const mine: ResolvedRank = { rank: 2, launcher: 'mpi', worldSize: 4 }

t.test('a rank that the program passes overrides the environment', async (t) => {
  t.equal(resolveIn({ RANK: 'x', WORLD_SIZE: '2' }, { rank: mine }), mine)
  t.match(resolveIn({}, { rank: { rank: 'unknown', launcher: 'mpi' } }), { rank: 'unknown' })
})

t.test('the environment gives the rank; without a launcher it is the sole rank', async (t) => {
  t.same(resolveIn({ RANK: '1', WORLD_SIZE: '2' }), { rank: 1, launcher: 'env', worldSize: 2 })
  t.equal(resolveIn({}), soleRank)
  t.same(resolveIn({ RANKLOG_RUN_ID: 'monday' }), { ...soleRank, runKey: 'monday' })
})

t.test('a malformed rank throws', async (t) => {
  t.throws(() => resolveIn({ RANK: 'x', WORLD_SIZE: '2' }), { code: 'RANK_MALFORMED' })
})

t.test("with onBadRank 'warn', a malformed rank warns once and is unknown", async (t) => {
  const warned = once(process, 'warning')
  let warnings = 0
  const note = () => warnings++
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))

  const resolved = [1, 2].map(() =>
    resolveIn({ SLURM_STEP_ID: '0', SLURM_PROCID: 'x', SLURM_NTASKS: '2' }, { onBadRank: 'warn' }),
  )
  t.same(resolved, [
    { rank: 'unknown', launcher: 'slurm' },
    { rank: 'unknown', launcher: 'slurm' },
  ])
  const [warning] = await warned
  t.match(warning, { name: 'RankWarning', code: 'RANK_MALFORMED', message: /SLURM_PROCID/ })
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(warnings, 1)
  t.same(resolveIn({ RANK: '1' }, { onBadRank: 'warn' }), { rank: 'unknown', launcher: 'env' })
})

t.test('an invalid option is refused', async (t) => {
  t.throws(() => resolveRank({ onBadRank: 'ignore' as never }), {
    code: 'OPTION_INVALID',
    message: /onBadRank.*"ignore"/,
  })
  const bad = [null, 3, {}, { rank: 3 }, { ...mine, rank: -1 }, { ...mine, rank: 4 }, { ...mine, rank: '2' }]
  for (const rank of [...bad, { ...mine, attempt: 0.5 }, { ...mine, localRank: 2, localWorldSize: 2 }]) {
    t.throws(() => resolveRank({ rank: rank as never }), { code: 'OPTION_INVALID', message: /option "rank"/ })
  }
})

/** Resolves under these variables alone. */
function resolveIn(env: NodeJS.ProcessEnv, options?: ResolveRankOptions): ResolvedRank {
  const { env: before } = process
  process.env = env
  try {
    return resolveRank(options)
  } finally {
    process.env = before
  }
}
