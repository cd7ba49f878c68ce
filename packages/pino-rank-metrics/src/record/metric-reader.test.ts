import fc from 'fast-check'
import t from 'tap'
import { MetricReader } from './metric-reader.ts'
import type { MetricRecord } from './metric-record.ts'
import { NameWarnings } from './name-warnings.ts'

function read(...chunks: string[]): { records: MetricRecord[]; said: string[] } {
  const records: MetricRecord[] = []
  const said: string[] = []
  const reader = new MetricReader(new NameWarnings('test', (line) => said.push(line)))
  for (const chunk of chunks) reader.read(chunk, (record) => records.push(record))
  reader.end((record) => records.push(record))
  return { records, said }
}

const line = (fields: object) => `${JSON.stringify({ level: 30, time: 1_700_000_000_000, ...fields })}\n`

t.test('metrics', (t) => {
  const cases: [name: string, metrics: object, scalars: [string, number][]][] = [
    ['one', { loss: 0.5 }, [['loss', 0.5]]],
    ['nested', { loss: { train: 1, val: { a: 2 } }, lr: 3 }, [['loss/train', 1], ['loss/val/a', 2], ['lr', 3]]],
    ['a name with a slash', { 'loss/train': 1 }, [['loss/train', 1]]],
    ['pino’s null', { loss: null }, [['loss', NaN]]],
    ['named numbers', { a: 'NaN', b: 'Infinity', c: '-Infinity' }, [['a', NaN], ['b', Infinity], ['c', -Infinity]]],
    ['an empty name', { '': 1 }, [['', 1]]],
    ['__proto__', JSON.parse('{"__proto__":1}'), [['__proto__', 1]]],
  ] // biome-ignore format: a table
  for (const [name, metrics, scalars] of cases) {
    const { records, said } = read(line({ metrics, step: 7 }))
    t.strictSame(records.map(({ scalars }) => scalars), [scalars], name) // biome-ignore format: a table
    t.strictSame([said, records[0]?.step], [[], 7], name)
  }
  t.test('a bigint', (t) => {
    const { records } = read('{"time":1700000000000,"metrics":{"n":9007199254740993},"step":1}\n')
    t.strictSame(records[0]?.scalars, [['n', 9007199254740992]])
    t.end()
  })
  t.end()
})

t.test('steps', (t) => {
  const steps = [undefined, 5, undefined, 3, -1, 1.5, '9', null]
  const { records, said } = read(...steps.map((step) => line({ metrics: { a: 1 }, step })))
  t.strictSame(
    records.map(({ step }) => step),
    [0, 5, 5, 3, 3, 3, 3, 3],
  )
  t.strictSame(said, ['test: "step" is -1, no whole number from 0; the step before is taken'])
  t.end()
})

t.test('time', (t) => {
  const cases: [time: unknown, ms: number][] = [
    [1_700_000_000_123, 1_700_000_000_123],
    [1_700_000_000, 1_700_000_000_000],
    ['2023-11-14T22:13:20.123Z', 1_700_000_000_123],
    ['2023-11-14T22:13:20.123456789Z', 1_700_000_000_123],
    ['2023-11-14T23:13:20,123+01:00', 1_700_000_000_123],
    ['1700000000123000000', 1_700_000_000_123],
  ]
  for (const [time, ms] of cases) t.equal(read(line({ time, metrics: { a: 1 } })).records[0]?.time, ms, `${time}`)
  t.ok(Math.abs((read(line({ time: 'noon', metrics: { a: 1 } })).records[0]?.time ?? 0) - Date.now()) < 60_000)
  t.end()
})

t.test('text, histograms, images', (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAD0lEQVR4nGNgoB/4DwABBAEAzNqxNAAAAABJRU5ErkJggg==',
    'base64',
  )
  const path = `${t.testdir({ 'a.png': png })}/a.png`
  const { records, said } = read(
    line({
      metrics: {
        note: { text: 'hello' },
        w: { histogram: { counts: [1, 2], edges: [0, 1, 3] } },
        v: { histogram: { values: [1, 1, 2, null] } },
        equal: { histogram: { values: [4, 4] } },
        images: { a: { image: { png } }, b: { image: { png: png.toString('base64') } }, c: { image: { path } } },
      },
    }),
  )
  const [{ texts, histograms, images } = {} as never] = records
  t.strictSame(said, ['test: "v" is a histogram with NaN or infinite values, here 1; they are left out of it'])
  t.strictSame(texts, [['note', 'hello']])
  const [w, v, equal] = histograms.map(([, histogram]) => histogram)
  t.strictSame(w, { counts: [1, 2], edges: [0, 1, 3] })
  t.strictSame([v?.counts.length, v?.edges.at(0), v?.edges.at(-1)], [64, 1, 2])
  t.strictSame([v?.counts[0], v?.counts.at(-1)], [2, 1])
  t.strictSame([equal?.edges.at(0), equal?.edges.at(-1), equal?.counts[32]], [3.5, 4.5, 2])
  t.strictSame(
    images.map(([name, { width, height }]) => [name, width, height]),
    [
      ['images/a', 2, 3],
      ['images/b', 2, 3],
      ['images/c', 2, 3],
    ],
  )
  t.end()
})

t.test('hyperparameters and the run’s end', (t) => {
  const { records } = read(
    line({
      hparams: {
        lr: 0.1,
        net: { depth: 3, act: 'relu' },
        amp: true,
        seed: null,
        sizes: [1, 2],
        none: {},
        far: 'Infinity',
        nan: 'NaN',
      },
    }),
    line({ run: { status: 'failed' } }),
    line({ run: { exitCode: 143 } }),
    line({ run: 'fast' }),
    line({ run: { status: 'toString' } }),
  )
  t.strictSame(records[0]?.hparams, [
    ['lr', 0.1],
    ['net/depth', 3],
    ['net/act', 'relu'],
    ['amp', true],
    ['seed', null],
    ['sizes', '[1,2]'],
    ['none', '{}'],
    ['far', Infinity],
    ['nan', NaN],
  ])
  t.strictSame(records[0]?.hparamLists, [
    ['sizes', [1, 2]],
    ['none', {}],
  ])
  t.strictSame(
    records.slice(1).map(({ end }) => end),
    [
      { status: 'failed', exitCode: 1 },
      { status: 'killed', exitCode: 143 },
    ],
  )
  t.end()
})

t.test('a hyperparameter beyond 2^53 keeps its digits as a string', (t) => {
  const hparams =
    '{"seed":12345678901234567890,"big":9007199254740993,"odd":[-12345678901234567890],"far":1000000000000000000}'
  const { records } = read(
    `{"time":1,"metrics":{"n":12345678901234567890},"note":":12345678901234567890,","hparams":${hparams}}\n`,
  )
  t.strictSame(records[0]?.hparams, [
    ['seed', '12345678901234567890'],
    ['big', '9007199254740993'],
    ['odd', '["-12345678901234567890"]'],
    ['far', 1e18],
  ])
  t.strictSame(records[0]?.scalars, [['n', Number('12345678901234567890')]])
  t.end()
})

t.test('other lines', (t) => {
  const others = [
    '',
    'Error: "metrics": gone',
    '{"metrics":',
    line({ msg: 'a' }),
    line({ run: 'fast', req: { run: 7, metrics: 'all', metricsOf: 'a' } }),
    '[{"metrics":{"a":1}}]',
    'null "metrics": {}',
  ]
  t.strictSame(read(`${others.join('\n')}\n`), { records: [], said: [] })
  t.end()
})

t.test('a metric may be named like a kind of metric', (t) => {
  const metrics = {
    text: 0.5,
    image: { image: { png: 'x' } },
    loss: { text: 0.5 },
    acc: { image: 0.25 },
    w: { histogram: null },
    val: { image: { acc: 1 }, text: 2 },
    deep: { histogram: { values: 3, mean: 4 } },
  }
  const { records, said } = read(line({ metrics }))
  t.strictSame(records[0]?.scalars, [['text', 0.5], ['loss/text', 0.5], ['acc/image', 0.25], ['w/histogram', NaN], ['val/image/acc', 1], ['val/text', 2]]) // biome-ignore format: a table
  t.strictSame(said, [
    'test: "image" is an image that is no PNG; it is left out',
    'test: "deep" is a histogram whose values are no list of numbers; it is left out',
  ])
  t.end()
})

t.test('any chunking gives the same records', (t) => {
  const record = fc.record({ metrics: fc.dictionary(fc.string(), fc.double({ noNaN: true })), step: fc.nat() })
  const other = fc.string({ unit: 'grapheme' }).map((msg) => ({ msg }))
  const cuts = fc.array(fc.nat(600), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(fc.oneof(record, other)), cuts, (fields, cuts) => {
      const text = fields.map(line).join('')
      const points = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      t.strictSame(read(...points.map((from, i) => text.slice(from, points[i + 1] ?? from))), read(text))
    }),
  )
  t.end()
})

t.test('values of a histogram that are not finite are left out and reported', (t) => {
  const typed = JSON.parse(JSON.stringify(Float32Array.of(1, 3)))
  const histograms = {
    a: { values: [1, null, 'NaN', 3, '-Infinity'] },
    b: { values: typed },
    c: { values: [null] },
    d: { values: [1, '2'] },
    e: { counts: [1, null], edges: [0, 1, 2] },
    f: { counts: [1], edges: ['-Infinity', 0] },
    g: { counts: [-1], edges: [0, 1] },
    h: { counts: [1], edges: [1, 1] },
    i: [1, 2],
    j: {},
  }
  const metrics = Object.fromEntries(Object.entries(histograms).map(([name, histogram]) => [name, { histogram }]))
  const { records, said } = read(line({ metrics }), line({ metrics }))
  const sizes = records[0]?.histograms.map(([name, { counts, edges }]) => [name, counts.reduce((sum, n) => sum + n), edges.at(0), edges.at(-1)]) // biome-ignore format: a line
  t.strictSame(sizes, [['a', 2, 1, 3], ['b', 2, 1, 3]]) // biome-ignore format: a line
  t.strictSame(said, [
    'test: "a" is a histogram with NaN or infinite values, here 3; they are left out of it',
    'test: "c" is a histogram without a finite value; it is left out',
    'test: "d" is a histogram whose values are no list of numbers; it is left out',
    'test: "e" is a histogram with a count or an edge that is not finite; it is left out',
    'test: "f" is a histogram with a count or an edge that is not finite; it is left out',
    'test: "g" is a histogram with a count below 0; it is left out',
    'test: "h" is edges that do not ascend; it is left out',
    'test: "i" is a histogram without values, or counts and edges; it is left out',
    'test: "j" is a histogram without values, or counts and edges; it is left out',
  ])
  t.end()
})

t.test('a record that was probably meant as a metric record is reported once', (t) => {
  const top = 'not at the top of its record (pino’s nestedKey, or formatters.log); it is not read'
  const cases: [fields: object, said: string | undefined][] = [
    [{ metrics: 0.5 }, '"metrics" is 0.5, no object of names and values; it is left out; log e.g. { metrics: { loss: 0.5 } }'],
    [{ metrics: null }, '"metrics" is null, no object of names and values; it is left out; log e.g. { metrics: { loss: 0.5 } }'],
    [{ metrics: [1] }, '"metrics" is [1], no object of names and values; it is left out; log e.g. { metrics: { loss: 0.5 } }'],
    [{ hparams: 'x' }, '"hparams" is "x", no object of names and values; it is left out; log e.g. { hparams: { lr: 0.1 } }'],
    [{ run: { status: 'done' } }, '"run.status" is "done", none of finished, failed, killed; it is left out'],
    [{ run: { exitCode: '0' } }, '"run.exitCode" is "0", no whole number; the run’s end is not known from it'],
    [{ data: { metrics: { a: 1 } } }, `"data.metrics" is ${top}; set the sink’s option nestedKey to "data", or log it at the top`],
    [{ data: { metrics: { a: { b: 'NaN' } } } }, `"data.metrics" is ${top}; set the sink’s option nestedKey to "data", or log it at the top`],
    [{ ctx: { data: { hparams: { a: 'x' } } } }, `"ctx.data.hparams" is ${top}; log it at the top`],
    [{ data: { run: { exitCode: 1 } } }, `"data.run" is ${top}; set the sink’s option nestedKey to "data", or log it at the top`],
    [{ data: { metrics: { a: 'on' } } }, undefined],
    [{ data: { run: 'fast', metrics: [1] } }, undefined],
    [{ metrics: { metrics: { a: 1 } } }, undefined],
  ] // biome-ignore format: a table
  for (const [fields, expected] of cases) {
    const { said } = read(line(fields), line(fields))
    t.strictSame(said, expected === undefined ? [] : [`test: ${expected}`], JSON.stringify(fields))
  }
  t.end()
})

t.test('an epoch that is no number is reported once', (t) => {
  const { records, said } = read(line({ metrics: { a: 1 }, epoch: '3' }), line({ metrics: { a: 1 }, epoch: 4 }))
  t.strictSame(
    [records.map(({ epoch }) => epoch), said],
    [[undefined, 4], ['test: "epoch" is "3", no number; it is left out']],
  )
  t.end()
})

t.test('a value that is no metric is left out and reported once', (t) => {
  const bad = {
    metrics: { a: 'x', b: true, c: [1], d: { histogram: { values: [] } }, e: { image: {} }, f: '0.5', g: {}, ok: 1 },
  }
  const { records, said } = read(line(bad), line(bad))
  t.strictSame(
    records.map(({ scalars }) => scalars),
    [[['ok', 1]], [['ok', 1]]],
  )
  t.strictSame(said, [
    'test: "a" is "x", no metric; it is left out; log { text } for a text',
    'test: "b" is true, no metric; it is left out; log 1 or 0',
    'test: "c" is [1], no metric; it is left out; log each of its values under a name of its own, or { histogram: { values } }',
    'test: "d" is a histogram without a finite value; it is left out',
    'test: "e" is an image without png or path; it is left out',
    'test: "f" is "0.5", no metric; it is left out; log it as a number',
    'test: "g" is {}, no metric; it is left out; log a number, { text }, { histogram } or { image }',
  ])
  t.end()
})

t.test('at most a hundred names are reported', (t) => {
  const metrics = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`m${n}`, 'x']))
  const { said } = read(line({ metrics }))
  t.equal(said.length, 101)
  t.match(said.at(-1), /more names/)
  t.end()
})
