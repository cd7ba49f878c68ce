import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifests } from 'pino-rank-split'
import t from 'tap'
import { runRanks } from './kit/ranks.ts'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const program = 'late-logger'

t.test('lines logged inside an exit handler are written', async (t) => {
  const dir = t.testdir()
  const [exit] = await runRanks(t, program, { ranks: 1, args: [dir] })
  t.match(exit, { code: 5, stderr: '' })
  const messages = (name: string) =>
    [...readFileSync(join(dir, name), 'utf8').matchAll(/"msg":"(.*?)"/g)].map(([, msg]) => msg)
  t.strictSame(messages('written-before.log'), ['before', 'exit handler before ours', 'exit handler after ours'])
  t.strictSame(messages('made-before.log'), ['first, in the exit handler'])
  t.strictSame(messages('made-inside.log'), ['all in the exit handler'])
  t.strictSame(messages('ended.log'), ['before its end', 'after its end'])
  t.match(readManifests(dir), [{ rank: 0, lines: 2, exit: 5 }], 'the manifest counts the last line and has the code')
})

t.test('an exit ends a sink that is still draining, and does not wait for it', async (t) => {
  const { code, stdout } = await runProcess(t, [
    ...node,
    pathOf(new URL('./programs/draining-logger.js', import.meta.url)),
  ])
  t.strictSame([code, stdout.split('\n')], [3, ['write 1', 'drain', 'end', 'close', '']])
})
