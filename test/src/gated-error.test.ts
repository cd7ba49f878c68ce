import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifests } from 'pino-rank-split'
import t from 'tap'
import { deaths, endings, gentleDeaths } from './kit/death.ts'
import { runRanks } from './kit/ranks.ts'

/** The only error of a gated rank, right before each death. It is written by the main thread, or by a worker that is open. */
const program = 'gated-error'
const error = String.raw`\{"level":50,[^\n]*"rank":1,"msg":"the only one"\}\n$`
const alone = new RegExp(`^${error}`)
const last = new RegExp(`\n${error}`)

const cases = [
  { name: 'file', targets: ['pino-rank-file'], survives: deaths, files: { 'train.log': alone } },
  { name: 'split with ranks 0', targets: ['pino-rank-split'], survives: deaths, files: { 'train.rank-1.log': alone } },
  {
    name: 'file together with an open split',
    targets: ['pino-rank-file', 'pino-rank-split *'],
    survives: deaths,
    files: { 'train.log': alone, 'train.rank-1.log': last },
  },
  {
    name: 'file together with an open split, in a worker',
    targets: ['pino-rank-file 0 thread', 'pino-rank-split * thread'],
    survives: gentleDeaths,
    files: { 'train.log': alone, 'train.rank-1.log': last },
  },
]

for (const { name, targets, survives, files } of cases) {
  for (const death of survives) {
    t.test(`${name}: the error of a gated rank survives ${death}`, async (t) => {
      const dir = t.testdir()
      const entries = targets.map((entry) => {
        const [target, ranks = '0', thread] = entry.split(' ')
        return { target, ranks, thread: thread !== undefined, options: { path: join(dir, 'train.log') } }
      })
      const args = [JSON.stringify(entries), death]
      const [exit] = await runRanks(t, program, { ranks: 2, only: 1, args })
      t.strictSame([exit?.code, exit?.signal], endings[death])
      for (const [file, found] of Object.entries(files)) t.match(readFileSync(join(dir, file), 'utf8'), found, file)
      if (name.startsWith('split')) {
        const manifest = { rank: 1, worldSize: 2, files: Object.keys(files), lines: 1, drops: 0 }
        t.match(readManifests(dir), [{ ...manifest, exit: endings[death][0] ?? 'unknown' }])
      }
    })
  }
}
