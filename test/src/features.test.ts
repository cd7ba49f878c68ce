import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { torchrunEnv } from 'pino-rank/launch'
import t from 'tap'
import { features } from './kit/features.ts'

const program = fileURLToPath(new URL('./programs/feature.js', import.meta.url))
const { NODE_OPTIONS, ...env } = process.env

for (const { name, ...expected } of features) {
  t.test(name, async (t) => {
    for (const rank of [0, 1] as const) {
      const file = join(t.testdir(), `rank-${rank}`)
      const run = promisify(execFile)(process.execPath, [program, name, file], {
        env: { ...env, ...torchrunEnv(rank, { worldSize: 2 }) },
      })
      t.strictSame(await run, { stdout: '', stderr: '' }, 'nothing is said')
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
      t.strictSame(lines.sort(), [...expected[`rank${rank}`]].sort(), `rank ${rank}`)
    }
  })
}
