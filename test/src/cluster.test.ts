import t from 'tap'
import { soleRank } from '../../packages/pino-rank/dist/rank/rank-info.js'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const { stdout } = await runProcess(t, [...node, pathOf(new URL('./programs/cluster-run.js', import.meta.url))])
const lines = stdout.trimEnd().split('\n')
/** The record that each process of a run of node:cluster printed, by the name of the process. */
const records = new Map(lines.map((line) => JSON.parse(line)).map(({ name, ...rest }) => [name, rest]))

t.test('a worker of node:cluster is a rank, and our variables in its environment override its id', async (t) => {
  t.same(records.get('primary').rank, soleRank, 'the primary is not a rank')
  t.same(records.get('first').rank, { rank: 0, launcher: 'cluster' })
  t.same(records.get('second').rank, { rank: 1, launcher: 'cluster' })
  t.same(records.get('replaced').rank, { rank: 2, launcher: 'cluster' }, 'the id of an ended worker is not used again')
  t.same(records.get('slot 0').rank, { rank: 0, launcher: 'ranklog' })
  t.same(records.get('slot 0 replaced').rank, { rank: 0, launcher: 'ranklog', worldSize: 2 })
  t.same(records.get('first').inThread, soleRank, 'a worker thread cannot see the id of its process')
  t.same(records.get('slot 0').inThread, { rank: 0, launcher: 'ranklog' }, 'but it can see the environment')
  t.equal(records.get('first').forks, 'OPTION_INVALID', 'only the primary may fork ranks')

  const first = { rank: 0, launcher: 'cluster' }
  t.same(
    records.get('first').detected,
    { given: first, pure: null },
    'detectRank reads only the environment that is passed to it',
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

t.test('explainRank recognises a primary of node:cluster once it has forked a worker', async (t) => {
  const notLaunched = { off: false, fields: {}, lost: [] }
  t.same(records.get('primary').explained, notLaunched)
  for (const name of ['primary with a worker', 'primary without workers']) {
    const { rank, detected, explained, pure } = records.get(name)
    t.same(explained, { ...notLaunched, isClusterPrimary: true }, name)
    t.same(pure, notLaunched, 'not from an environment that is passed to it')
    t.equal(detected, null)
    t.same(rank, soleRank, 'to a logger it is the only rank of a job')
  }
})

t.test('detecting a rank does not load node:cluster', async (t) => {
  const code = `
    const { resolveRank } = await import(${JSON.stringify(import.meta.resolve('pino-rank/sink'))})
    const { detectRank } = await import(${JSON.stringify(import.meta.resolve('pino-rank'))})
    const { launcher } = resolveRank()
    console.log(launcher, detectRank(), process.moduleLoadList.includes('NativeModule cluster'))`
  const { stdout } = await runProcess(t, [...node, '--input-type=module', '-e', code])
  t.equal(stdout, 'none undefined false\n')
})
