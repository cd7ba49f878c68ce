import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Block, blocksOf } from '../decorate/block.ts'
import { ranksText } from '../decorate/ranks-text.ts'
import { layoutOf } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { merge } from '../order/merge.ts'
import { OutputRing } from '../order/output-ring.ts'
import { Planner } from '../order/planner.ts'
import { dedup } from './dedup.ts'
import { DedupPlan, dedupLayoutOf } from './dedup-plan.ts'

const windowMs = 20
const start = 1_700_000_000_000

interface Room {
  /** Memory for all sources, in bytes. */
  budget: number
  /** Memory for blocks that wait for duplicates, in bytes. */
  arena: number
  wasm: boolean
}

/** Removes duplicates as `ranklog merge --dedup` does, with ranges of the kernel's memory. */
function dedupAsRanges(sources: readonly Buffer[], { budget, arena, wasm }: Room): Buffer {
  const names = namesOf(sources)
  const layout = layoutOf(sources.length, budget)
  const places = dedupLayoutOf(layout.size, names, arena)
  const kernel = kernelOf(places.size, wasm)
  const planner = new Planner(sources.length, kernel, layout, 'time')
  const once = new DedupPlan(names, windowMs, planner.planned, kernel, places)
  const ring = new OutputRing(kernel, layout)
  const chunks: Buffer[] = []
  const take = () => {
    const filled = ring.take()
    if (!filled) return
    chunks.push(Buffer.from(filled))
    ring.release(filled)
  }
  const write = () => {
    while (!ring.copy(once.count, once.places)) take()
  }
  const read = sources.map(() => 0)
  for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
    if (outcome === 'planned') for (const _ of once.take()) write()
    else {
      const bytes = sources[planner.needed] as Buffer
      const room = planner.room(planner.needed)
      const length = bytes.copy(room, 0, read[planner.needed])
      read[planner.needed] = (read[planner.needed] as number) + length
      if (length > 0) planner.commit(planner.needed, length)
      else planner.end(planner.needed)
    }
  }
  for (const _ of once.end()) write()
  take()
  return Buffer.concat(chunks)
}

async function dedupAsBlocks(sources: readonly Buffer[], maxBytes: number, wasm: boolean): Promise<Buffer> {
  const blocks = blocksOf(merge(sources.map((bytes) => [bytes])).batches())
  const chunks: Buffer[] = []
  for await (const found of dedup({ names: namesOf(sources), windowMs, maxBytes, wasm, labelsText: true })(blocks))
    for (const { bytes } of found) chunks.push(Buffer.from(bytes))
  return Buffer.concat(chunks)
}

const namesOf = (sources: readonly Buffer[]) => sources.map((_, rank) => String(rank))

/** Returns a block without the fields that differ between ranks. A record of another layout never equals one of pino's. */
function fingerprintOf(text: string): string {
  const end = text.indexOf('\n') + 1
  try {
    const { time, pid, hostname, rank, ...own } = JSON.parse(text.slice(0, end))
    return (text.startsWith('{"level"') ? '' : 'other') + JSON.stringify(own) + text.slice(end)
  } catch {
    return text
  }
}

/** Implements the contract with objects and unlimited memory. */
async function reference(sources: readonly Buffer[]): Promise<Buffer> {
  const names = namesOf(sources)
  const groups: { text: string; fingerprint: string; time: number; sources: Set<number> }[] = []
  const last = new Map<string, (typeof groups)[0]>()
  for await (const blocks of blocksOf(merge(sources.map((bytes) => [bytes])).batches()))
    for (const { bytes, time, sources } of blocks as Block[]) {
      const text = bytes.toString('latin1')
      const group = last.get(fingerprintOf(text))
      const source = sources[0] as number
      if (group && group.time >= time - windowMs && !group.sources.has(source)) group.sources.add(source)
      else {
        const fresh = { text, fingerprint: fingerprintOf(text), time, sources: new Set([source]) }
        groups.push(fresh)
        last.set(fresh.fingerprint, fresh)
      }
    }
  const texts = groups.map(({ text, sources }) => {
    if (sources.size === 1) return text
    const all = ranksText([...sources].map((source) => names[source] as string))
    if (!text.startsWith('{')) return `[${all}] ${text}`
    const ranks = `"ranks":"${all}"`
    const own = /^(\{"level":\d+,"time":\d+,(?:"pid":\d+,)?(?:"hostname":"\w+",)?)"rank":\d+/
    return own.test(text) ? text.replace(own, `$1${ranks}`) : text.replace('{', `{${ranks},`)
  })
  return Buffer.from(texts.join(''), 'latin1')
}

const message = fc.constantFrom(
  { msg: 'start' },
  { msg: 'loss exploded', step: 3 },
  { loss: 0.5 },
  { loss: 0.25 },
  { msg: 'ä{"\n' },
)
const tail = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom(
    'Error: no device\n    at start (train.js:1:1)\n',
    'Traceback (most recent call last):\n  File "train.py"\nKeyError\n',
    '\n',
  ),
  fc.integer({ min: 4000, max: 20_000 }).map((length) => `${'x{"'.repeat(length / 3)}\n`),
)
const line = fc
  .tuple(fc.integer({ min: 0, max: 9 }), message, tail, fc.integer({ min: 0, max: 4 }))
  .map(([later, fields, tail, layout]) => ({ later, fields, tail, layout }))

const source = fc.array(line, { maxLength: 40 })

/** Returns the lines of a rank, each some ms later than the one before. */
function bytesOf(lines: readonly { later: number; fields: object; tail: string; layout: number }[], rank: number) {
  let time = start
  const own = { pid: 10 ** (rank % 3) + rank, hostname: `h${rank}`, rank }
  return Buffer.from(
    lines
      .map(({ later, fields, tail, layout }) => {
        time += later
        const record = layout === 0 ? { time, level: 30, ...own, ...fields } : { level: 30, time, ...own, ...fields }
        return `${JSON.stringify(record)}\n${tail}`
      })
      .join(''),
  )
}

const job = fc.array(source, { minLength: 1, maxLength: 5 }).map((lines) => lines.map(bytesOf))

t.test('dedup follows its contract, with ranges and with blocks, in WebAssembly and in JavaScript', async (_t) => {
  await fc.assert(
    fc.asyncProperty(job, fc.constantFrom(1, 2 ** 22), fc.boolean(), async (sources, budget, wasm) => {
      const expected = (await reference(sources)).toString('latin1')
      assert.equal(dedupAsRanges(sources, { budget, arena: 2 ** 20, wasm }).toString('latin1'), expected)
      assert.equal((await dedupAsBlocks(sources, 2 ** 20, wasm)).toString('latin1'), expected)
    }),
    { numRuns: 150 },
  )
})

/** Returns the records of each rank, with repetitions. */
function recordsPerRank(text: string): string[] {
  const found: string[] = []
  for (const line of text.split('\n').filter((line) => line.startsWith('{'))) {
    const { ranks, rank, time: _, pid: __, hostname: ___, ...own } = JSON.parse(line)
    const all = String(ranks ?? rank).replace(/(\d)-(\d)/g, (_, first, last) => {
      return Array.from({ length: last - first + 1 }, (_, at) => Number(first) + at).join()
    })
    for (const one of all.split(',')) found.push(`${one} ${JSON.stringify(own)}`)
  }
  return found.sort()
}

t.test('with little memory groups are closed early, and each record still has all its ranks', async (_t) => {
  await fc.assert(
    fc.asyncProperty(job, fc.integer({ min: 0, max: 1000 }), fc.boolean(), async (sources, arena, wasm) => {
      const expected = recordsPerRank(Buffer.concat(sources).toString())
      assert.deepEqual(recordsPerRank(dedupAsRanges(sources, { budget: 1, arena, wasm }).toString()), expected)
      assert.deepEqual(recordsPerRank((await dedupAsBlocks(sources, arena, wasm)).toString()), expected)
    }),
    { numRuns: 150 },
  )
})

t.test('a block of more than 1 MiB is written unchanged, in its place', async (t) => {
  const long = `{"level":30,"time":${start},"rank":0,"msg":"${'{'.repeat(3 * 2 ** 20)}"}\n`
  const trace = `${'    at train (train.js:1:1)\n'.repeat(60_000)}`
  const record = (rank: number, msg: string) => `{"level":30,"time":${start + 5},"rank":${rank},"msg":"${msg}"}\n`
  const sources = [0, 1].map((rank) =>
    Buffer.from(`${record(rank, 'a')}${long}${record(rank, 'b')}${trace}${record(rank, 'c')}`),
  )
  const room = { budget: 1, arena: 2 ** 20, wasm: true }
  // a block that is too long closes all groups before it
  t.ok(dedupAsRanges(sources, room).equals(Buffer.concat(sources)))
  t.ok((await dedupAsBlocks(sources, 2 ** 20, true)).equals(Buffer.concat(sources)))
})

t.test('different blocks that fill the memory for new ones are written unchanged', async (t) => {
  const blocks = [0, 1, 2].map((n): Block => {
    const bytes = Buffer.from(`{"level":30,"time":${start + n},"rank":0,"msg":"${`${n}`.repeat(900_000)}"}\n`)
    return { bytes, time: start + n, sources: [0] }
  })
  const alike = blocks.map((block): Block => ({ ...block, sources: [1] }))
  for (const [given, count] of [
    [blocks, 1],
    [[...blocks, ...alike], 2],
  ] as const) {
    for (const wasm of [true, false]) {
      const found: string[] = []
      for await (const some of dedup({ names: ['0', '1'], windowMs, wasm })(one(given))) {
        for (const { bytes, sources } of some) found.push(`${sources} ${bytes}`)
      }
      const expected = blocks.map(({ bytes }) =>
        count === 1 ? `0 ${bytes}` : `0,1 ${String(bytes).replace('"rank":0', '"ranks":"0-1"')}`,
      )
      t.ok(found.join() === expected.join(), `${count} ranks, wasm: ${wasm}`)
    }
  }
})

async function* one(blocks: readonly Block[]): AsyncGenerator<Block[]> {
  yield [...blocks]
}

t.test('more groups than the table has are closed early', async (t) => {
  const count = 150_000
  const sources = [0, 1].map((rank) => {
    const lines = Array.from(
      { length: count },
      (_, at) => `{"level":30,"time":${start},"rank":${rank},"loss":${at}${rank}}\n`,
    )
    return Buffer.from(`${lines.join('')}{"level":30,"time":${start},"rank":${rank},"msg":"end"}\n`)
  })
  const text = dedupAsRanges(sources, { budget: 2 ** 22, arena: 2 ** 22, wasm: true }).toString()
  t.equal(text.split('\n').length, 2 * count + 3) // the group of the first rank's last record is closed before the second rank's comes
})
