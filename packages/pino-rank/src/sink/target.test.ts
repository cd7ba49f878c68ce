import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { pinoLevels } from '../record/index.ts'
import rankTarget, { rank as declaration } from './target.ts'

const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 4 })

/** Writes the module of a target. Returns its path, and what it was opened with. `head` is code in front of its default export. */
function ownTarget(t: Test, head = '', name = 'sink.mjs') {
  const opened: { options: Record<string, unknown>; text: () => string }[] = []
  const open_ = (options: Record<string, unknown>) => {
    const stream = new PassThrough()
    const lines: string[] = []
    stream.on('data', (chunk) => lines.push(`${chunk}`))
    opened.push({ options, text: () => lines.join('') })
    return stream
  }
  const target = join(t.testdir({ [name]: `${head}\nexport default (options) => options.open_(options)` }), name)
  return { target, opened, options: { open_, path: 'a' } }
}

const declares = `export const rank = {
  ranks: '1',
  others: 'fatal',
  check(options) { if (options.refused) throw new Error('refused: ' + options.refused) },
  checkRanks(ranks, self, options) { if (options.single) throw new Error('ranks ' + ranks + ' of ' + self.rank) },
  signalOptions: ['reopenOn'],
}`

async function written(stream: Awaited<ReturnType<typeof rankTarget>>, ...levels: number[]): Promise<void> {
  for (const level of levels) stream.write(`{"level":${level}}\n`)
  stream.end()
  await once(stream, 'close')
}

t.test('rank 0 builds the target at once and writes all, the others build it at their first error', async (t) => {
  const zero = ownTarget(t)
  const stream = await rankTarget({ target: zero.target, options: zero.options, rank: as(0) })
  t.equal(zero.opened.length, 1)
  await written(stream, 30, 50)
  t.equal(zero.opened[0]?.text(), '{"rank":0,"level":30}\n{"rank":0,"level":50}\n')
  t.strictSame(zero.opened[0]?.options, zero.options, 'the options are those of the target')

  const three = ownTarget(t)
  const gated = await rankTarget({ target: three.target, options: three.options, rank: as(3) })
  gated.write('{"level":30}\n')
  t.equal(three.opened.length, 0)
  await written(gated, 40, 50)
  t.equal(three.opened[0]?.text(), '{"rank":3,"level":50}\n')
})

t.test('a sink that declares its ranks decides the gate, and gets the rank and the decision', async (t) => {
  for (const rank of [0, 1]) {
    const { target, opened, options } = ownTarget(t, declares)
    const stream = await rankTarget({ target, options, rank: as(rank), cwd: '/job' })
    t.equal(opened.length, rank)
    await written(stream, 50, 60)
    const levels = rank === 1 ? [50, 60] : [60]
    t.equal(opened[0]?.text(), levels.map((level) => `{"rank":${rank},"level":${level}}\n`).join(''))
    t.match(opened[0]?.options, { path: 'a', rank: as(rank), gate: false, open: rank === 1, cwd: '/job' })
  }
})

t.test('with gate: false the target is built at once, and the lines are not changed', async (t) => {
  const { target, opened, options } = ownTarget(t)
  const stream = await rankTarget({ target, options, rank: as(3), gate: false })
  t.equal(opened.length, 1)
  await written(stream, 30)
  t.equal(opened[0]?.text(), '{"level":30}\n')
})

t.test('the module is found by its path, by its URL and by a name, and may be transpiled', async (t) => {
  const { target, opened, options } = ownTarget(t)
  await written(await rankTarget({ target: pathToFileURL(target).href, options, rank: as(0) }), 30)
  const from = join(t.testdir({ 'sink.cjs': 'exports.default = (options) => options.open_(options)' }), 'main.js')
  await written(await rankTarget({ target: './sink.cjs', from, options, rank: as(0) }), 30)
  const cwd = dirname(from)
  await written(await rankTarget({ target: './sink.cjs', cwd, options, rank: as(0) }), 30)
  t.equal(opened.length, 3)
  const file = join(t.testdir({ 'none.mjs': 'export default 5' }), 'none.mjs')
  await t.rejects(rankTarget({ target: file, rank: as(0) }), { code: 'TARGET_NOT_FOUND', message: /default export/ })
  await t.rejects(rankTarget({ target: './none.js', from, rank: as(0) }), { code: 'TARGET_NOT_FOUND' })
  await t.rejects(rankTarget({ target: file, rank: as(0), colour: 'red' } as never), { code: 'OPTION_UNKNOWN' })
})

t.test('rankLogger checks the options of the sink behind the target, and learns its declaration', async (t) => {
  const { target } = ownTarget(t, declares)
  const check = (given: object) => declaration.check?.({ target, ...given }, as(0), pinoLevels)
  check({})
  check({ options: { path: 'a' }, ranks: '*' })
  t.throws(() => check({ options: { refused: 'x' } }), { message: 'refused: x' })
  t.throws(() => check({ colour: 'red' }), { code: 'OPTION_UNKNOWN' })
  t.throws(() => check({ open: true }), { code: 'OPTION_UNKNOWN' }, 'only rankLogger sets it')
  t.throws(() => check({ options: { reopenOn: 'SIGHUP' } }), {
    code: 'OPTION_INVALID',
    message: /give rankLogger the target ".*sink\.mjs" itself$/,
  })
  t.match(declaration.inner?.({ target }), { ranks: '1', others: 'fatal' })
  const checkRanks = (options: object) => declaration.checkRanks?.('*', as(2), { target, options } as never)
  checkRanks({})
  t.throws(() => checkRanks({ single: true }), { message: 'ranks * of 2' })
})

t.test('a target without a declaration has nothing to check', async (t) => {
  const { target } = ownTarget(t)
  t.doesNotThrow(() => declaration.check?.({ target, options: { reopenOn: 'SIGHUP' } }, as(0), pinoLevels))
  t.equal(declaration.inner?.({ target }), undefined)
  t.doesNotThrow(() => declaration.checkRanks?.('*', as(0), { target } as never))
})
