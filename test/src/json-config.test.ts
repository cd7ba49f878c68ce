import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const program = pathOf(new URL('./programs/json-logger.js', import.meta.url))

/** Runs rank 0 and then rank 1 of 2. */
async function run(t: Test, kind: string, options: object): Promise<void> {
  for (const rank of [0, 1]) {
    const command = [...node, program, kind, JSON.stringify(options)]
    const exit = await runProcess(t, command, { env: torchrunEnv(rank, { worldSize: 2 }) })
    if (exit.code !== 0) throw Object.assign(new Error(`rank ${rank} failed`), exit)
  }
}

function read(file: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.map((line) => line.replace(/"(time|pid|hostname)":("[^"]*"|\d+),/g, ''))
}

const info = (rank: string) => `{${rank},"level":30,"msg":"i"}`
const warn = (rank: string) => `{${rank},"level":40,"c":1,"msg":"w"}`
const error = (rank: string) => `{${rank},"level":50,"msg":"e"}`
const [zero, one] = ['"rank":0', '"rank":1'] as const

t.test('pino-rank/target gates pino/file by its own options', async (t) => {
  const file = join(t.testdir(), 'train.log')
  const inner = { target: 'pino/file', options: { destination: file } }
  const cases: [name: string, gate: object, lines: string[]][] = [
    ['defaults', {}, [info(zero), warn(zero), error(zero), error(one)]],
    ['strict rank 0', { others: 'silent' }, [info(zero), warn(zero), error(zero)]],
    [
      'a set, a level, a name',
      { ranks: '1', level: 'warn', rankKey: 'r' },
      [error('"r":0'), warn('"r":1'), error('"r":1')],
    ],
  ]
  for (const [name, gate, lines] of cases) {
    const own = { ...inner, options: { destination: `${file}.${name}` } }
    await run(t, 'pino', { transport: { target: 'pino-rank/target', options: { ...own, ...gate } } })
    t.strictSame(read(`${file}.${name}`), lines, name)
  }
})

t.test('our own targets are gated by their options', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  await run(t, 'pino', { transport: { target: 'pino-rank-file', options: { path } } })
  t.strictSame(
    read(path),
    [info(zero), warn(zero), error(zero), error(one)],
    'file: rank 0, and the errors of the others',
  )
  await run(t, 'pino', { transport: { target: 'pino-rank-split', options: { path, others: 'silent', ranks: '1' } } })
  t.notOk(existsSync(join(dir, 'train.rank-0.log')), 'a rank that writes nothing creates no file')
  t.strictSame(read(join(dir, 'train.rank-1.log')), [info(one), warn(one), error(one)], 'split')
})

t.test('a target of ours is gated, and a foreign target in the same logger is not', async (t) => {
  const dir = t.testdir()
  const [path, plain] = [join(dir, 'train.log'), join(dir, 'plain.log')]
  const targets = [
    { target: 'pino-rank-file', options: { path } },
    { target: 'pino/file', level: 'warn', options: { destination: plain } },
  ]
  await run(t, 'pino', { transport: { targets } })
  t.strictSame(read(path), [info(zero), warn(zero), error(zero), error(one)])
  t.equal(read(plain).length, 4)
})

t.test('a target that needs pino’s configuration gets it, although it is built at the first error', async (t) => {
  const to = join(t.testdir(), 'app.log')
  const target = pathOf(new URL('./programs/app-target.js', import.meta.url))
  await run(t, 'pino', {
    transport: { target: 'pino-rank/target', options: { target, options: { to, labels: true } } },
  })
  t.strictSame(read(to), ['info 0 i', 'warn 0 w {"c":1}', 'error 0 e', 'error 1 e'])
})

t.test('the logger of Fastify is gated', async (t) => {
  const dir = t.testdir()
  const options = (path: string) => ({ target: 'pino-rank-file', options: { path } })
  const expected = [
    [0, 30, 'incoming request'],
    [0, 50, 'e'],
    [0, 30, 'request completed'],
    [1, 50, 'e'],
  ]
  const cases = {
    fastify: { transport: { target: 'pino-rank/target', options: options(join(dir, 'fastify')) } },
    loggerInstance: { transport: options(join(dir, 'loggerInstance')) },
  }
  for (const [kind, config] of Object.entries(cases)) {
    await run(t, kind, config)
    const records = read(join(dir, kind)).map((line) => JSON.parse(line))
    t.strictSame(
      records.map(({ rank, level, msg }) => [rank, level, msg]),
      expected,
      kind,
    )
  }
})

t.test('an invalid configuration ends the process with an error that names the option', async (t) => {
  const cases: [options: object, message: RegExp][] = [
    [
      { target: 'pino-rank/target', options: { target: 'pino/file', rnaks: '0' } },
      /pino-rank\/target: options: .*"rnaks"/,
    ],
    [{ target: 'pino-rank/target', options: { target: 'no-such-target' } }, /transport target: .*"no-such-target"/],
    [{ target: 'pino-rank/target', options: { target: 'fast-check' } }, /a module whose default export is a function/],
    [{ target: 'pino-rank-file', options: { path: 'logs/' } }, /pino-rank-file: option "path"/],
  ]
  for (const [transport, message] of cases) {
    await t.rejects(run(t, 'pino', { transport }), { stderr: message } as unknown as Error)
  }
})
