import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const program = pathOf(new URL('./programs/busy-logger.js', import.meta.url))

t.jobs = 3
for (const [end, code] of [
  ['a natural exit', 0],
  ['process.exit', 3],
  ['an exception', 1],
] as const) {
  t.test(`after ${end} of a rank with a busy writer thread, each line is there once and in order`, async (t) => {
    const path = join(t.testdir(), 'train.log')
    const exit = await runProcess(t, [...node, program, path, end])
    t.equal(exit.code, code, exit.stderr)
    const numbers = [...readFileSync(path, 'utf8').matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n))
    t.ok(numbers.length > 0)
    t.strictSame([numbers.length, numbers.findIndex((n, at) => n !== at)], [Number(exit.stdout), -1])
  })
}
