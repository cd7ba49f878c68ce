import t from 'tap'
import { soleRank } from '../../packages/pino-rank/dist/rank/rank-info.js'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const { stdout } = await runProcess(t, [...node, pathOf(new URL('./programs/cluster-run.js', import.meta.url))])
const lines = stdout.trimEnd().split('\n')
/** What each process of a real run of node:cluster found, by its name. */
const records = new Map(lines.map((line) => JSON.parse(line)).map(({ name, ...rest }) => [name, rest]))

t.test('a real run of node:cluster', async (t) => {
  t.same(records.get('primary').rank, soleRank, 'the primary is not launched')
  t.same(records.get('first').rank, { rank: 0, launcher: 'cluster' })
  t.same(records.get('second').rank, { rank: 1, launcher: 'cluster' })
  t.same(records.get('replaced').rank, { rank: 2, launcher: 'cluster' }, 'ids grow for ever')
  t.same(records.get('slot 0').rank, { rank: 0, launcher: 'ranklog' })
  t.same(records.get('slot 0 replaced').rank, { rank: 0, launcher: 'ranklog', worldSize: 2 })
  t.same(records.get('first').inThread, soleRank, 'a worker thread does not know its process')
  t.same(records.get('slot 0').inThread, { rank: 0, launcher: 'ranklog' }, 'but it has the environment')
  t.equal(records.get('first').forks, 'OPTION_INVALID', 'only the primary forks')

  const first = { rank: 0, launcher: 'cluster' }
  t.same(
    records.get('first').detected,
    { given: first, pure: null },
    'an environment that is given is all that is read',
  )
  t.match(records.get('first').explained, {
    rank: first,
    fields: { rank: { variables: { 'cluster.worker.id': '1' } } },
  })
  t.same(records.get('slot 0').detected.given, { rank: 0, launcher: 'ranklog' })
  t.match(records.get('slot 0').explained, { launcher: 'ranklog', lost: [{ launcher: 'cluster' }] })
  t.same(records.get('nested').detected.given, { rank: 1, launcher: 'env', worldSize: 2 })
  t.match(records.get('nested').explained, { launcher: 'env', lost: [{ launcher: 'cluster' }] })
})

t.test('a primary of node:cluster is known from its first worker on', async (t) => {
  const notLaunched = { off: false, fields: {}, lost: [] }
  t.same(records.get('primary').explained, notLaunched)
  for (const name of ['primary with a worker', 'primary without workers']) {
    const { rank, detected, explained, pure } = records.get(name)
    t.same(explained, { ...notLaunched, isClusterPrimary: true }, name)
    t.same(pure, notLaunched, 'not of an environment')
    t.equal(detected, null)
    t.same(rank, soleRank, 'it is no rank of its own: the README says what to do')
  }
})

t.test('node:cluster is not loaded for nothing', async (t) => {
  const code = `
    const { resolveRank } = await import(${JSON.stringify(import.meta.resolve('pino-rank/sink'))})
    const { detectRank } = await import(${JSON.stringify(import.meta.resolve('pino-rank'))})
    const { launcher } = resolveRank()
    console.log(launcher, detectRank(), process.moduleLoadList.includes('NativeModule cluster'))`
  const { stdout } = await runProcess(t, [...node, '--input-type=module', '-e', code])
  t.equal(stdout, 'none undefined false\n')
})
