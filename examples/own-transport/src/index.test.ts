import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GateOptions } from 'pino-rank/sink'
import t from 'tap'
import ownTransport, { type OwnOptions, rank } from './index.ts'

const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 2 })

/** Writes chunks to the transport, ends it, and waits until it has closed. */
async function write(options: OwnOptions & GateOptions, chunks: readonly string[]): Promise<void> {
  const stream = ownTransport(options)
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await once(stream, 'close')
}

t.test('writes each line as it comes, in order, however the chunks are cut', async (t) => {
  const path = join(t.testdir(), 'logs/own.log')
  const long = `{"msg":"${'x'.repeat(100_000)}"}\n`
  await write({ path, rank: as(0), gate: false }, ['{"msg":"one"}\n{"ms', 'g":"two"}\n', long, 'no JSON\n', '{}\n'])
  t.equal(readFileSync(path, 'utf8'), `{"msg":"one"}\n{"msg":"two"}\n${long}no JSON\n{}\n`)
})

t.test('appends to a file that exists', async (t) => {
  const path = join(t.testdir({ 'own.log': 'before\n' }), 'own.log')
  await write({ path, rank: as(0), gate: false }, ['after\n'])
  t.equal(readFileSync(path, 'utf8'), 'before\nafter\n')
})

t.test('a gated rank writes its errors, with its rank, and has no file without one', async (t) => {
  const path = join(t.testdir(), 'own.log')
  await write({ path, rank: as(1) }, ['{"level":30}\n'])
  t.notOk(existsSync(path))
  await write({ path, rank: as(1) }, ['{"level":30}\n', '{"level":50}\n'])
  t.equal(readFileSync(path, 'utf8'), '{"rank":1,"level":50}\n')
  await write({ path, rank: as(0) }, ['{"level":30}\n'])
  t.equal(readFileSync(path, 'utf8'), '{"rank":1,"level":50}\n{"rank":0,"level":30}\n')
})

t.test('a relative path with placeholders is resolved against the given working directory', async (t) => {
  const cwd = t.testdir()
  await write({ path: 'own.rank-{rank}.log', rank: as(1), gate: false, cwd }, ['{}\n'])
  t.equal(readFileSync(join(cwd, 'own.rank-1.log'), 'utf8'), '{}\n')
})

t.test('wrong options are refused at construction, and by the check that every rank does', async (t) => {
  const cases: [options: object, code: string, message: RegExp][] = [
    [{}, 'OPTION_INVALID', /^own-transport: option "path"/],
    [{ path: 'own.log', paht: 1 }, 'OPTION_UNKNOWN', /^own-transport: .*received "paht"/],
    [{ path: '{rnak}.log' }, 'PATH_PLACEHOLDER', /^own-transport: option "path"/],
  ]
  for (const [options, code, message] of cases) {
    t.throws(() => ownTransport({ ...options, rank: as(0) } as never), { code, message })
    t.throws(() => rank.check?.(options as never, as(1)), { code, message })
  }
})

t.test('a place that cannot be opened closes the transport with its error', async (t) => {
  const folder = join(t.testdir(), 'file')
  writeFileSync(folder, '')
  for (const line of ['{}\n', `${'x'.repeat(100_000)}\n`]) {
    const stream = ownTransport({ path: join(folder, 'own.log'), rank: as(0), gate: false })
    stream.write(line)
    const closed = once(stream, 'close')
    closed.catch(() => {})
    const [error] = await once(stream, 'error')
    t.match(error, { code: 'EEXIST' }, `${line.length} characters`)
    t.ok(stream.destroyed)
  }
})
