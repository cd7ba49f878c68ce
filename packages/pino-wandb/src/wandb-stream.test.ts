import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { fieldsOf } from 'pino-rank-metrics/sink'
import t from 'tap'
import { rank, type WandbOptions, wandbStream } from './index.ts'

const soleRank = { rank: 0, launcher: 'test' } as const

/** The kinds of the records, by their numbers. */
const kinds: Record<number, string> = {
  2: 'history',
  3: 'summary',
  5: 'config',
  6: 'files',
  12: 'metric',
  13: 'output',
  17: 'run',
  18: 'exit',
  21: 'header',
}

interface Found {
  kind: string
  message: Buffer
}

/** The records of a run's file: chunks put together again, each CRC checked, numbers without a gap. */
function recordsOf(file: string): Found[] {
  const bytes = readFileSync(file)
  t.equal(bytes.subarray(0, 7).toString('latin1'), ':W&B\xe1\xbe\0')
  const found: Found[] = []
  let data: Buffer[] = []
  for (let at = 7; at < bytes.length; ) {
    const left = 32_768 - (at % 32_768)
    if (left < 7) {
      at += left
      continue
    }
    const end = at + 7 + bytes.readUInt16LE(at + 4)
    t.ok(crc32(bytes.subarray(at + 6, end)) === bytes.readUInt32LE(at), 'CRC')
    data.push(bytes.subarray(at + 7, end))
    if (bytes[at + 6] === 1 || bytes[at + 6] === 4) {
      const [number, message] = [...fieldsOf(Buffer.concat(data))]
      data = []
      found.push({ kind: kinds[message?.number ?? 0] ?? '?', message: message?.value as Buffer })
      t.equal(Number(number?.value), found.length)
    }
    at = end
  }
  return found
}

/** The items of a row, a summary or a configuration. */
function itemsOf({ message }: Found): Record<string, string> {
  const pairs = [...fieldsOf(message)].flatMap(({ number, value }) => {
    if (number !== 1) return []
    const [key, json] = [...fieldsOf(value as Buffer)]
    return [[String(key?.value), String(json?.value)]]
  })
  return Object.fromEntries(pairs)
}

function filesOf(dir: string): string[] {
  const runs = join(dir, 'wandb')
  return existsSync(runs) ? readdirSync(runs).map((run) => join(runs, run)) : []
}

async function write(dir: string, records: object[], options: WandbOptions = {}): Promise<Found[]> {
  const stream = wandbStream({ dir, id: 'run1', ...options, rank: soleRank })
  for (const record of records) stream.write(`${JSON.stringify({ level: 30, time: 1_700_000_000_250, ...record })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  const [run = ''] = filesOf(dir)
  t.match(run, /wandb\/offline-run-\d{8}_\d{6}-run1$/)
  return recordsOf(join(run, 'run-run1.wandb'))
}

t.test('a run: header, run, rows over their step, the last values, exit', async (t) => {
  const found = await write(t.testdir(), [
    { hparams: { lr: 0.1, net: { act: 'relu' } } },
    { msg: 'other' },
    { metrics: { loss: 0.5, bad: null }, step: 49 },
    { metrics: { loss: 0.25 }, step: 99, epoch: 1, time: 1_700_000_002_250 },
    { hparams: { late: 1 } },
    { metrics: { val: 1 }, step: 10 },
    { run: { exitCode: 3 } },
  ])
  t.strictSame(
    found.map(({ kind }) => kind),
    ['header', 'run', 'metric', 'history', 'history', 'config', 'history', 'summary', 'exit'],
  )
  const [, run, , first, second, config, third, summary, exit] = found as [
    Found,
    Found,
    Found,
    Found,
    Found,
    Found,
    Found,
    Found,
    Found,
  ]
  const parts = [...fieldsOf(run.message)].filter(({ number }) => number === 4).map(({ value }) => value as Buffer)
  t.strictSame(itemsOf({ kind: '', message: parts[0] as Buffer }), { lr: '0.1', 'net/act': '"relu"' })
  const step = 'trainer/global_step'
  t.strictSame(itemsOf(first), {
    loss: '0.5',
    bad: 'NaN',
    [step]: '49',
    _timestamp: '1700000000.25',
    _runtime: '0',
    _step: '0',
  })
  t.strictSame(itemsOf(second), {
    loss: '0.25',
    epoch: '1',
    [step]: '99',
    _timestamp: '1700000002.25',
    _runtime: '2',
    _step: '1',
  })
  t.strictSame(itemsOf(config), { late: '1' })
  t.match(itemsOf(third), { val: '1', [step]: '10', _step: '2' })
  t.match(itemsOf(summary), { loss: '0.25', bad: 'NaN', val: '1', epoch: '1', _step: '2' })
  t.equal(Number([...fieldsOf(exit.message)][0]?.value), 3)
})

t.test('nobody knows the end: no exit', async (t) => {
  const found = await write(t.testdir(), [{ metrics: { a: 1 } }])
  t.notOk(found.some(({ kind }) => kind === 'exit'))
})

t.test('no metric, no run', async (t) => {
  const dir = t.testdir()
  const stream = wandbStream({ dir, rank: soleRank })
  stream.write('{"level":30,"msg":"hello"}\n')
  await new Promise((closed) => stream.end().once('close', closed))
  t.strictSame(filesOf(dir), [])
})

t.test('text, histograms, images', async (t) => {
  const dir = t.testdir()
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAD0lEQVR4nGNgoB/4DwABBAEAzNqxNAAAAABJRU5ErkJggg==',
    'base64',
  )
  const metrics = {
    note: { text: 'ä "q"' },
    w: { histogram: { counts: [1, 2], edges: [0, 1, 3] } },
    'a/b c': { image: { png } },
  }
  const found = await write(dir, [{ metrics, step: 1 }])
  const row = itemsOf(found.find(({ kind }) => kind === 'history') as Found)
  t.strictSame(JSON.parse(row.note as string), 'ä "q"')
  t.strictSame(JSON.parse(row.w as string), { _type: 'histogram', values: [1, 2], bins: [0, 1, 3] })
  const image = JSON.parse(row['a/b c'] as string)
  const sha256 = createHash('sha256').update(png).digest('hex')
  t.match(image, { _type: 'image-file', sha256, size: png.length, format: 'png', width: 2, height: 3 })
  t.ok(readFileSync(join(filesOf(dir)[0] as string, 'files', image.path)).equals(png))
  t.match(image.path, /^media\/images\/a_b_c_0_[0-9a-f]{20}\.png$/)
  t.ok(String(found.find(({ kind }) => kind === 'files')?.message).includes(image.path))
})

t.test('the console, where asked', async (t) => {
  const records = [{ msg: 'before' }, { metrics: { a: 1 } }, { msg: 'hello' }]
  const output = (found: Found[]) => found.filter(({ kind }) => kind === 'output').map(({ message }) => String(message))
  const lines = output(await write(t.testdir(), records, { console: true }))
  t.equal(lines.length, 3)
  t.match(lines[2], /"msg":"hello"/)
  t.strictSame(output(await write(t.testdir(), records)), [])
})

t.test('10,000 names, a text of 1 MB', async (t) => {
  const metrics = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`tag/${n}`, n]))
  const found = await write(t.testdir(), [{ metrics }, { metrics: { note: { text: 'x'.repeat(1_000_000) } } }])
  const rows = found.filter(({ kind }) => kind === 'history')
  t.strictSame(
    rows.map((row) => Object.keys(itemsOf(row)).length),
    [10_004, 5],
  )
})

t.test('options are refused at construction', (t) => {
  const wrong = [
    { projct: 'a' },
    { id: 'a/b' },
    { id: '' },
    { tags: 'a' },
    { resume: true },
    { console: 'yes' },
    { flushMs: 0 },
    { name: 7 },
    { group: '{nobody}' },
  ]
  for (const options of wrong) {
    t.throws(() => wandbStream(options as never), { message: /^pino-wandb: opt/ }, JSON.stringify(options))
    t.throws(() => rank.check?.(options as never, soleRank), { message: /^pino-wandb: opt/ })
  }
  t.end()
})
