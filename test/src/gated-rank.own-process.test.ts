import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { startRank } from './kit/ranks.ts'
import { node, runProcess } from './kit/start-process.ts'

interface Count {
  threads: number
  files: number
}

const program = new URL('./programs/gated-rank.js', import.meta.url)
const options = existsSync('/proc/self/task') ? {} : { skip: 'threads and descriptors are counted in /proc' }

async function runRank1(t: Test, sink: string, dir: string) {
  const rank = startRank(t, program, 1, { worldSize: 2, args: [sink, dir], stdout: 'pipe' })
  const counts = await rank.nextMessage<Record<'before' | 'built' | 'afterError', Count>>()
  t.match(await rank.exit, { code: 0, stderr: '' })
  return counts
}

const own = ['pino-rank-file', 'pino-rank-split']
const streams = ['fileStream', 'splitStream', 'stdoutStream']
const foreign = ['pino/file']

for (const sink of [...own, 'pino-rank-stdout', ...streams, ...foreign, 'several']) {
  t.test(`a gated rank with ${sink} has no thread and no open file before its first error`, options, async (t) => {
    const dir = t.testdir()
    const { before, built, afterError } = await runRank1(t, sink, dir)
    t.strictSame(built, before, 'creating the logger starts no thread and opens no file')
    if (foreign.includes(sink)) t.ok(afterError.threads > before.threads, 'the first error starts a worker')
    else t.equal(afterError.threads, before.threads, 'no thread after the first error')
    if (own.includes(sink)) t.equal(afterError.files, before.files, 'no open file after the first error')
    const file = { 'pino-rank-split': 'train.rank-1.log', splitStream: 'train.rank-1.log' }[sink] ?? 'train.log'
    if (!/stdout/i.test(sink))
      t.match(readFileSync(join(dir, file), 'utf8'), /^\{"level":50,.*"rank":1,"msg":"first"\}\n$/)
  })
}

t.test('a gated rank does not load Node’s file streams, crypto and child_process', async (t) => {
  const code = `
    const { rankLogger } = await import('pino-rank')
    rankLogger({ transport: { targets: ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout'].map((target) =>
      ({ target, ranks: '0', options: target.endsWith('stdout') ? {} : { path: 'train.log' } })) } })
    const loaded = process.moduleLoadList.filter((name) => /fs.streams|NativeModule (crypto|child_process)$/.test(name))
    console.log(loaded.join())`
  const command = [...node, '--input-type=module', '--eval', code]
  const exit = await runProcess(t, command, { env: torchrunEnv(1, { worldSize: 2 }) })
  t.match(exit, { code: 0, stdout: '\n', stderr: '' })
})
