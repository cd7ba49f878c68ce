import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { spawnRanks } from './kit/spawn-ranks.ts'

t.test('what a gated rank held back stands before its error, though it is killed right then', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const program = new URL('./kit/programs/recorded-error.js', import.meta.url)
  await spawnRanks(program, { ranks: 2, args: [path] })
  const records = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(
    records.filter(({ rank }) => rank === 1),
    [0, 1, 2, 3, 4].map((step) => ({ step, recorded: true })).concat({ msg: 'the only one' } as never),
  )
  t.strictSame(
    records.filter(({ rank }) => rank === 0).map(({ recorded }) => recorded),
    [undefined, undefined, undefined, undefined, undefined],
  )
})
