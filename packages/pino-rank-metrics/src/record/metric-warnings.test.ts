import t from 'tap'
import { line, read } from './metric-reader.test-kit.ts'

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
