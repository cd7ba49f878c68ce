import t from 'tap'
import { rank, type WandbOptions } from './rank.ts'

const settings = (options: WandbOptions, attempt?: number) =>
  rank.settings(options, { rank: 3, launcher: 'test', worldSize: 4, ...(attempt !== undefined && { attempt }) }, [])

t.test('a run with an id is resumed when the job restarts, unless the option says otherwise', async (t) => {
  const cases: [options: WandbOptions, attempt: number | undefined, resume: boolean][] = [
    [{}, undefined, false],
    [{}, 1, false],
    [{ id: 'a' }, undefined, false],
    [{ id: 'a' }, 0, false],
    [{ id: 'a' }, 1, true],
    [{ id: 'a', resume: false }, 1, false],
    [{ id: 'a', resume: true }, 0, true],
  ]
  for (const [options, attempt, resume] of cases)
    t.equal(settings(options, attempt).resume, resume, `${JSON.stringify(options)}, attempt ${attempt}`)
})

t.test('an id is given, or random', async (t) => {
  t.equal(settings({ id: 'job-{rank}' }).id, 'job-3')
  t.equal(settings({ id: 'x'.repeat(64) }).id.length, 64)
  const [one, two] = [settings({}).id, settings({}).id]
  t.match(one, /^[0-9a-z]{8}$/)
  t.not(one, two)
})

t.test('options have defaults', async (t) => {
  t.match(settings({}), { tags: [], stepMetric: 'trainer/global_step', console: false, mode: 0o640 })
  t.match(settings({ tags: ['a'], stepMetric: 's', console: true }), { tags: ['a'], stepMetric: 's', console: true })
})

t.test('invalid options are rejected', async (t) => {
  const invalid: object[] = [
    { id: 'a b' },
    { id: 'x'.repeat(65) },
    { id: '' },
    { resume: true },
    { tags: 'a' },
    { tags: ['a', 1] },
    { tags: [null] },
    { stepMetric: '' },
    { console: 'yes' },
  ]
  for (const options of invalid) t.throws(() => settings(options), { code: 'OPTION_INVALID' }, JSON.stringify(options))
})
