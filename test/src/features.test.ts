import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t from 'tap'
import { features } from './kit/features.ts'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const program = pathOf(new URL('./programs/feature.js', import.meta.url))

const names = ['a ', 'b ']

/** Returns the lines of each target, in order. Several targets are several workers, which write to the file in any order. */
function byTarget(lines: readonly string[]): string[][] {
  const isNamed = (line: string) => names.some((name) => line.startsWith(name))
  return [...names.map((name) => lines.filter((line) => line.startsWith(name))), lines.filter((line) => !isNamed(line))]
}

for (const { name, isInAnyOrder = false, ...expected } of features) {
  t.test(name, async (t) => {
    for (const rank of [0, 1] as const) {
      const file = join(t.testdir(), `rank-${rank}`)
      const env = torchrunEnv(rank, { worldSize: 2 })
      const exit = await runProcess(t, [...node, program, name, file], { env })
      t.strictSame(exit, { code: 0, signal: null, stdout: '', stderr: '' }, 'nothing is printed')
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
      const [found, wanted] = [lines, expected[`rank${rank}`]].map((all) =>
        isInAnyOrder ? all.toSorted() : byTarget(all),
      )
      t.strictSame(found, wanted, `rank ${rank}`)
    }
  })
}
