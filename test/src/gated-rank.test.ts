import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import t from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'

interface Count {
  threads: number
  files: number
}

const program = fileURLToPath(new URL('./programs/gated-rank.js', import.meta.url))
const options = existsSync('/proc/self/task') ? {} : { skip: 'threads and descriptors are counted in /proc' }

async function runRank1(sink: string, dir: string): Promise<Record<'before' | 'built' | 'afterError', Count>> {
  const { NODE_OPTIONS, ...env } = process.env
  const child = fork(program, [sink, dir], {
    env: { ...env, ...torchrunEnv(1, { worldSize: 2 }) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const [[counts], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')])
  if (code !== 0) throw new Error(`the rank exited with ${code}`)
  return counts
}

const own = ['pino-rank-file', 'pino-rank-split']
const streams = ['fileStream', 'splitStream', 'stdoutStream']
const foreign = ['pino-rank-stdout', 'pino/file']

for (const sink of [...own, ...streams, ...foreign, 'several']) {
  t.test(`a gated rank with ${sink}`, options, async (t) => {
    const dir = t.testdir()
    const { before, built, afterError } = await runRank1(sink, dir)
    t.strictSame(built, before, 'no thread and no open file before the first error')
    if (foreign.includes(sink)) t.ok(afterError.threads > before.threads, 'the first error starts a worker')
    else t.equal(afterError.threads, before.threads, 'no thread after the first error')
    if (own.includes(sink)) t.equal(afterError.files, before.files, 'no open file after the first error')
    const file = { 'pino-rank-split': 'train.rank-1.log', splitStream: 'train.rank-1.log' }[sink] ?? 'train.log'
    if (!/stdout/i.test(sink))
      t.match(readFileSync(join(dir, file), 'utf8'), /^\{"level":50,.*"rank":1,"msg":"first"\}\n$/)
  })
}

t.test('a gated rank loads none of the built-in modules that only an ES import of node:fs needs', async (t) => {
  const [env, ...node] = unhookedNode
  const code = `
    const { rankLogger } = await import('pino-rank')
    rankLogger({ transport: { targets: ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout'].map((target) =>
      ({ target, ranks: '0', options: target.endsWith('stdout') ? {} : { path: 'train.log' } })) } })
    const loaded = process.moduleLoadList.filter((name) => /fs.streams|NativeModule (crypto|child_process)$/.test(name))
    console.log(loaded.join())`
  const loaded = execFileSync(env, [...node, '--input-type=module', '--eval', code], {
    env: { ...cleanEnvironment(), ...torchrunEnv(1, { worldSize: 2 }) },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.equal(loaded, '\n')
})
