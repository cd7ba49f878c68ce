import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runRanks } from './kit/ranks.ts'

const program = 'recorded-error'

for (const way of ['error', 'error file', 'exception', 'rejection']) {
  t.test(`${way}: a gated rank writes its recorder's records before it dies of the error`, async (t) => {
    const path = join(t.testdir(), 'train.log')
    await runRanks(t, program, { ranks: 2, args: [path, way] })
    const records = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.match(
      records.filter(({ rank }) => rank === 1),
      [
        ...[0, 1, 2, 3, 4].map((step) => ({ step, recorded: true })),
        { unwritten: 1, msg: 'pino-rank: 1 held record could not be written: Error: nobody can read it' },
        ...(way === 'error' ? [{ msg: 'the only one' }] : []),
      ],
    )
    t.strictSame(
      records.filter(({ rank }) => rank === 0).map(({ recorded }) => recorded),
      [undefined, undefined, undefined, undefined, undefined],
    )
  })
}
