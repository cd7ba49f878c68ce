import type { Block, Decorator } from 'pino-rank-merge'
import t from 'tap'
import { type Decorations, type Filter, filter, pipelineOf } from './decorations.ts'

const start = 1_700_000_000_000

/** Returns the output of a decorator for one batch of blocks for each list of texts. The nth text is `n` ms after the start. */
async function decorated(decorate: Decorator, ...batches: readonly (readonly string[])[]) {
  let at = 0
  const given = async function* () {
    for (const texts of batches)
      yield texts.map((text): Block => ({ bytes: Buffer.from(text), time: start + at++, sources: [0] }))
  }
  const found: string[][] = []
  for await (const blocks of decorate(given())) found.push(blocks.map(({ bytes }) => String(bytes)))
  return found
}

const record = (level: unknown) => `${JSON.stringify({ level, msg: 'a' })}\n`

t.test('filter selects lines from since on and before until', async (t) => {
  const texts = ['0\n', '1\n', '2\n', '3\n']
  const cases: [filter: Filter, selected: string][] = [
    [{}, '0123'],
    [{ since: start + 1 }, '123'],
    [{ until: start + 3 }, '012'],
    [{ since: start + 1, until: start + 2 }, '1'],
    [{ since: start + 2, until: start + 2 }, ''],
  ]
  for (const [given, selected] of cases) {
    const found = await decorated(filter(given), texts)
    t.equal(found.flat().join('').replaceAll('\n', ''), selected, JSON.stringify(given))
  }
})

t.test('filter selects records of a level and above, and text and records without a known level', async (t) => {
  const kept = [record(40), record(50), record('warn'), record('loud'), '{"msg":"a"}\n', 'text\n', ' {"level":60}']
  const removed = [record(39), record(30), record('info'), ` ${record(30)}`, `\t${record(30)}`]
  const trace = `${record(30)}    at main (a.js:1:1)\n` // the first line decides
  t.strictSame(await decorated(filter({ level: 40 }), [...kept, ...removed, trace]), [kept])
  t.strictSame(await decorated(filter({ level: 0 }), removed), [removed], 'level 0 removes nothing')
  t.strictSame(await decorated(filter({ level: 40 }), removed, kept), [kept], 'no empty batches')
})

const plain: Decorations = {
  names: ['0', '1'],
  hosts: ['h', undefined],
  dedup: false,
  withinMs: 7,
  reduce: false,
  label: undefined,
  pretty: false,
  isTerminal: false,
}

t.test('without an option the lines are copied as they are, and dedup alone makes no objects either', async (t) => {
  t.strictSame(await pipelineOf(plain), {})
  t.strictSame(await pipelineOf({ ...plain, dedup: true }), { dedup: { names: ['0', '1'], windowMs: 7 } })
})

t.test('any other option makes a decorator', async (t) => {
  const text = `${record(30)}`
  const labelled = `[0@h] ${text}`
  const cases: [name: string, given: Partial<Decorations>, output: string][] = [
    ['since', { since: start + 1 }, ''],
    ['until', { until: start }, ''],
    ['level', { level: 40 }, ''],
    ['level, which selects it', { level: 30 }, text],
    ['reduce', { reduce: true }, text],
    ['label', { label: '[{rank}@{host}] ' }, labelled],
    ['terminal', { isTerminal: true }, text],
  ]
  for (const [name, given, output] of cases)
    for (const dedup of [false, true]) {
      const { decorate, dedup: ranges } = await pipelineOf({ ...plain, ...given, dedup })
      t.equal(ranges, undefined)
      t.equal(decorate && (await decorated(decorate, [text])).flat().join(''), output, `${name}, dedup: ${dedup}`)
    }
})

t.test('control characters are escaped for a terminal, with and without labels', async (t) => {
  const hostile = 'a\x1b[2Jb\n'
  for (const [given, output] of [
    [{ isTerminal: true }, 'a\\x1b[2Jb\n'],
    [{ isTerminal: true, label: '{rank} ' }, '0 a\\x1b[2Jb\n'],
    [{ isTerminal: false, label: '{rank} ' }, `0 ${hostile}`],
    [{ isTerminal: true, pretty: true }, '[0] a\\x1b[2Jb\n'],
    [{ isTerminal: false, pretty: true, label: '{rank}: ' }, '0: a\\x1b[2Jb\n'],
  ] as const) {
    const { decorate } = await pipelineOf({ ...plain, ...given })
    t.equal(decorate && (await decorated(decorate, [hostile])).flat().join(''), output, JSON.stringify(given))
  }
})
