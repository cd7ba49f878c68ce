import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { forkRank } from './fork-rank.ts'
import { soleRank } from './rank-info.ts'

const script = fileURLToPath(new URL('../../fixtures/cluster-run.mjs', import.meta.url))

t.test('a real run of node:cluster', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  const lines = stdout.trimEnd().split('\n')
  const records = new Map(lines.map((line) => JSON.parse(line)).map(({ name, ...rest }) => [name, rest]))
  t.same(records.get('primary').rank, soleRank, 'the primary is not launched')
  t.same(records.get('first').rank, { rank: 0, launcher: 'cluster' })
  t.same(records.get('second').rank, { rank: 1, launcher: 'cluster' })
  t.same(records.get('replaced').rank, { rank: 2, launcher: 'cluster' }, 'ids grow for ever')
  t.same(records.get('slot 0').rank, { rank: 0, launcher: 'ranklog' })
  t.same(records.get('slot 0 replaced').rank, { rank: 0, launcher: 'ranklog', worldSize: 2 })
  t.same(records.get('first').inThread, soleRank, 'a worker thread does not know its process')
  t.same(records.get('slot 0').inThread, { rank: 0, launcher: 'ranklog' }, 'but it has the environment')
  t.equal(records.get('first').forks, 'OPTION_INVALID', 'only the primary forks')
})

t.test('a slot is a rank', async (t) => {
  for (const slot of [-1, 1.5, Number.NaN, '0', undefined] as number[]) {
    t.throws(() => forkRank(slot), { code: 'OPTION_INVALID', message: /slot/ })
  }
})
