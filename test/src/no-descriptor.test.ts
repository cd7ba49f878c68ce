import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'

/** A gated rank logs errors while no descriptor is left. Nothing is thrown, and the program ends normally. */
const program = fileURLToPath(new URL('./kit/programs/short-of-descriptors.js', import.meta.url))
const env = { ...cleanEnvironment(), ...torchrunEnv(1, { worldSize: 2 }) }

/** Runs rank 1 of 2 with at most 64 descriptors. */
function run(t: Test, way: string, when: string) {
  const dir = t.testdir()
  const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...unhookedNode, program, way, join(dir, 'train.log'), when]
  const { status, stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8', env })
  const logs = readdirSync(dir).filter((name) => name.endsWith('.log'))
  const text = stdout + logs.map((name) => readFileSync(join(dir, name), 'utf8')).join('')
  const records = text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) // biome-ignore format: one
  return { status, stderr: stderr.split('\n'), said: records.map(({ rank, msg }) => `${rank} ${msg}`) }
}

const limited = existsSync('/proc/self/fd') ? {} : { skip: 'needs a limit that sh can set' }
const targets = ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout', 'pino/file', 'pino-rank-file, opened']
const streams = ['fileStream', 'splitStream']

for (const way of [...targets, ...streams]) {
  t.test(`${way}: the next error is written once there are descriptors again, and none is lost`, limited, async (t) => {
    const { status, stderr, said } = run(t, way, 'for a while')
    t.match(stderr, [/EMFILE: too many open files.*raise the limit of open files \(ulimit -n\);.* wait/, ''])
    t.strictSame(said, ['1 first', '1 second'])
    t.equal(status, 0)
  })
}

const losses: [when: string, lost: RegExp, status: number][] = [
  ['until the end', /: 2 lines lost: EMFILE/, 0],
  ['at the exit', /: 1 line lost: EMFILE/, 0],
  ['at an exception', /: 1 line lost: EMFILE/, 3],
]

for (const way of ['pino-rank-file', 'pino-rank-split', 'pino/file']) {
  for (const [when, lost, code] of losses) {
    t.test(`${way}: without a descriptor ${when}, the loss is reported on stderr`, limited, async (t) => {
      const { status, stderr, said } = run(t, way, when)
      t.match(stderr, [/EMFILE: too many open files/, lost, ''])
      t.strictSame(said, [])
      t.equal(status, code)
    })
  }
}

t.test('a logger created while no descriptor is left never gates our sink as a foreign one', limited, (t) => {
  const making = fileURLToPath(new URL('./kit/programs/made-short-of-descriptors.js', import.meta.url))
  const make = (name: string) => {
    const path = join(t.testdirName, 'train.log')
    const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...unhookedNode, making, name, path]
    return JSON.parse(spawnSync('sh', args, { encoding: 'utf8', env }).stdout)
  }
  const message = /a file descriptor to read its module with, received "EMFILE"; raise the limit of open files/
  for (const name of [
    'pino-rank-split',
    'by path: pino-rank-split',
    'by path: pino-rank-stdout',
    'by path: pino-rank-file',
  ])
    t.match(make(name), { name: 'RankError', code: 'TARGET_NOT_FOUND', message }, name)
  t.strictSame(make('pino/file'), { level: 'error' }, 'pino’s own declares nothing')
  t.end()
})
