import t from 'tap'
import { line, read } from './metric-reader.test-kit.ts'

t.test('values of a histogram that are not finite are ignored and reported', (t) => {
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
  const { records, reports } = read(line({ metrics }), line({ metrics }))
  const sizes = records[0]?.histograms.map(([name, { counts, edges }]) => [name, counts.reduce((sum, n) => sum + n), edges.at(0), edges.at(-1)]) // biome-ignore format: a line
  t.strictSame(sizes, [['a', 2, 1, 3], ['b', 2, 1, 3]]) // biome-ignore format: a line
  t.strictSame(reports, [
    'test: "a" is a histogram with NaN or infinite values (3 here); these values are ignored',
    'test: "c" is a histogram without a finite value; it is ignored',
    'test: "d" is a histogram whose values are not a list of numbers; it is ignored',
    'test: "e" is a histogram with a count or an edge that is not finite; it is ignored',
    'test: "f" is a histogram with a count or an edge that is not finite; it is ignored',
    'test: "g" is a histogram with a count below 0; it is ignored',
    'test: "h" is a histogram whose edges do not ascend; it is ignored',
    'test: "i" is a histogram that has neither values nor counts and edges; it is ignored',
    'test: "j" is a histogram that has neither values nor counts and edges; it is ignored',
  ])
  t.end()
})

t.test('a record that looks like a misplaced metric record is reported once', (t) => {
  const top = 'not at the top of its record (because of pino’s nestedKey or formatters.log); it is not read'
  const cases: [fields: object, reports: string | undefined][] = [
    [{ metrics: 0.5 }, '"metrics" is 0.5, not an object of names and values; it is ignored; log for example { metrics: { loss: 0.5 } }'],
    [{ metrics: null }, '"metrics" is null, not an object of names and values; it is ignored; log for example { metrics: { loss: 0.5 } }'],
    [{ metrics: [1] }, '"metrics" is [1], not an object of names and values; it is ignored; log for example { metrics: { loss: 0.5 } }'],
    [{ hparams: 'x' }, '"hparams" is "x", not an object of names and values; it is ignored; log for example { hparams: { lr: 0.1 } }'],
    [{ run: { status: 'done' } }, '"run.status" is "done", not one of finished, failed, killed; it is ignored'],
    [{ run: { exitCode: '0' } }, '"run.exitCode" is "0", not a whole number; it is ignored'],
    [{ data: { metrics: { a: 1 } } }, `"data.metrics" is ${top}; set the sink’s option nestedKey to "data", or log it at the top of the record`],
    [{ data: { metrics: { a: { b: 'NaN' } } } }, `"data.metrics" is ${top}; set the sink’s option nestedKey to "data", or log it at the top of the record`],
    [{ ctx: { data: { hparams: { a: 'x' } } } }, `"ctx.data.hparams" is ${top}; log it at the top of the record`],
    [{ data: { run: { exitCode: 1 } } }, `"data.run" is ${top}; set the sink’s option nestedKey to "data", or log it at the top of the record`],
    [{ a: { b: { data: { metrics: { a: 1 } } } } }, `"a.b.data.metrics" is ${top}; log it at the top of the record`],
    [{ a: { b: { c: { data: { metrics: { a: 1 } } } } } }, undefined],
    [{ data: { hparams: {} } }, undefined],
    [{ metrics: { a: 1 }, data: { metrics: { a: 1 } } }, undefined],
    [{ run: { status: 'done', exitCode: 0.5 } }, '"run.exitCode" is 0.5, not a whole number; it is ignored'],
    [{ data: { metrics: { a: 'on' } } }, undefined],
    [{ data: { run: 'fast', metrics: [1] } }, undefined],
    [{ metrics: { metrics: { a: 1 } } }, undefined],
  ] // biome-ignore format: a table
  for (const [fields, expected] of cases) {
    const { reports } = read(line(fields), line(fields))
    t.strictSame(reports, expected === undefined ? [] : [`test: ${expected}`], JSON.stringify(fields))
  }
  t.end()
})

t.test('an epoch that is not a number is ignored and reported once', (t) => {
  const { records, reports } = read(line({ metrics: { a: 1 }, epoch: '3' }), line({ metrics: { a: 1 }, epoch: 4 }))
  t.strictSame(
    [records.map(({ epoch }) => epoch), reports],
    [[undefined, 4], ['test: "epoch" is "3", not a number; it is ignored']],
  )
  t.end()
})

t.test('a value that is not a metric is ignored and reported once', (t) => {
  const bad = {
    metrics: { a: 'x', b: true, c: [1], d: { histogram: { values: [] } }, e: { image: {} }, f: '0.5', g: {}, ok: 1 },
  }
  const { records, reports } = read(line(bad), line(bad))
  t.strictSame(
    records.map(({ scalars }) => scalars),
    [[['ok', 1]], [['ok', 1]]],
  )
  t.strictSame(reports, [
    'test: "a" is "x", not a metric; it is ignored; log { text } for a text',
    'test: "b" is true, not a metric; it is ignored; log 1 or 0',
    'test: "c" is [1], not a metric; it is ignored; log each of its values under a name of its own, or { histogram: { values } }',
    'test: "d" is a histogram without a finite value; it is ignored',
    'test: "e" is an image without png or path; it is ignored',
    'test: "f" is "0.5", not a metric; it is ignored; log it as a number',
    'test: "g" is {}, not a metric; it is ignored; log a number, { text }, { histogram } or { image }',
  ])
  t.end()
})

t.test('at most a hundred names are reported', (t) => {
  const metrics = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`m${n}`, 'x']))
  const { reports } = read(line({ metrics }))
  t.equal(reports.length, 101)
  t.match(reports.at(-1), /more names/)
  t.end()
})
