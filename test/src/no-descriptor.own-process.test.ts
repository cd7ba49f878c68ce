import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

// A gated rank logs errors while no descriptor is free. No call may throw, and the program must end normally.

const env = torchrunEnv(1, { worldSize: 2 })

/** Runs a program as rank 1 of 2, with at most 64 descriptors. */
const runLimited = (t: Test, program: string, ...args: string[]) =>
  runProcess(t, ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', ...node, pathOf(program), ...args], { env })

async function run(t: Test, way: string, when: string) {
  const dir = t.testdir()
  const { code, stdout, stderr } = await runLimited(t, 'short-of-descriptors', way, join(dir, 'train.log'), when)
  const logs = readdirSync(dir).filter((name) => name.endsWith('.log'))
  const text = stdout + logs.map((name) => readFileSync(join(dir, name), 'utf8')).join('')
  const records = text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) // biome-ignore format: one
  return { code, stderr: stderr.split('\n'), logged: records.map(({ rank, msg }) => `${rank} ${msg}`) }
}

const limited = existsSync('/proc/self/fd') ? {} : { skip: 'needs a limit that sh can set' }
const targets = ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout', 'pino/file', 'pino-rank-file, opened']
const streams = ['fileStream', 'splitStream']

for (const way of [...targets, ...streams]) {
  t.test(`${way}: errors without a free descriptor are written later, and none is lost`, limited, async (t) => {
    const { code, stderr, logged } = await run(t, way, 'for a while')
    t.match(stderr, [
      /EMFILE: too many open files.*raise the limit of open files \(ulimit -n\);.* (wait|are buffered)/,
      '',
    ])
    t.strictSame(logged, ['1 first', '1 second'])
    t.equal(code, 0)
  })
}

const losses: [when: string, lost: RegExp, code: number][] = [
  ['until the end', /: 2 lines lost: EMFILE/, 0],
  ['at the exit', /: 1 line lost: EMFILE/, 0],
  ['at an exception', /: 1 line lost: EMFILE/, 3],
]

for (const way of ['pino-rank-file', 'pino-rank-split', 'pino/file']) {
  for (const [when, lost, expected] of losses) {
    t.test(`${way}: without a free descriptor ${when}, lost lines are reported on stderr`, limited, async (t) => {
      const { code, stderr, logged } = await run(t, way, when)
      t.match(stderr, [/EMFILE: too many open files/, lost, ''])
      t.strictSame(logged, [])
      t.equal(code, expected)
    })
  }
}

t.test('a logger that cannot read the declaration of our sink is rejected', limited, async (t) => {
  const make = async (name: string) => {
    const { stdout } = await runLimited(t, 'made-short-of-descriptors', name, join(t.testdirName, 'train.log'))
    return JSON.parse(stdout)
  }
  const message = /a file descriptor to read its module with, received "EMFILE"; raise the limit of open files/
  for (const name of [
    'pino-rank-split',
    'by path: pino-rank-split',
    'by path: pino-rank-stdout',
    'by path: pino-rank-file',
  ])
    t.match(await make(name), { name: 'RankError', code: 'TARGET_NOT_FOUND', message }, name)
  t.strictSame(await make('pino/file'), { level: 'error' }, 'a target of pino has no declaration')
})
