import t from 'tap'
import { soleRank } from '../../packages/pino-rank/dist/rank/rank-info.js'
import { node, pathOf, runProcess } from './kit/start-process.ts'

t.test('a real run of node:cluster', async (t) => {
  const { stdout } = await runProcess(t, [...node, pathOf(new URL('./programs/cluster-run.js', import.meta.url))])
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

t.test('node:cluster is not loaded for nothing', async (t) => {
  const code = `
    const { resolveRank } = await import(${JSON.stringify(import.meta.resolve('pino-rank/sink'))})
    const { launcher } = resolveRank()
    console.log(launcher, process.moduleLoadList.includes('NativeModule cluster'))`
  const { stdout } = await runProcess(t, [...node, '--input-type=module', '-e', code])
  t.equal(stdout, 'none false\n')
})
