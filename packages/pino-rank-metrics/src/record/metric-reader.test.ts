import fc from 'fast-check'
import t from 'tap'
import { line, read } from './metric-reader.test-kit.ts'

t.test('numbers, nested objects and named numbers are scalars', (t) => {
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
    const { records, reports } = read(line({ metrics, step: 7 }))
    t.strictSame(records.map(({ scalars }) => scalars), [scalars], name) // biome-ignore format: a table
    t.strictSame([reports, records[0]?.step], [[], 7], name)
  }
  t.test('a bigint is a scalar, rounded to a number', (t) => {
    const { records } = read('{"time":1700000000000,"metrics":{"n":9007199254740993},"step":1}\n')
    t.strictSame(records[0]?.scalars, [['n', 9007199254740992]])
    t.end()
  })
  t.end()
})

t.test('without a valid step the previous step is used, and an invalid one is reported once', (t) => {
  const steps = [undefined, 5, undefined, 3, -1, 1.5, '9', null]
  const { records, reports } = read(...steps.map((step) => line({ metrics: { a: 1 }, step })))
  t.strictSame(
    records.map(({ step }) => step),
    [0, 5, 5, 3, 3, 3, 3, 3],
  )
  t.strictSame(reports, ['test: "step" is -1, not a whole number >= 0; the previous step is used'])
  t.end()
})

t.test('the time of a record may be in s, ms or ns, or ISO text, and the present time replaces an invalid one', (t) => {
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

t.test('texts, histograms and images are read', (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAD0lEQVR4nGNgoB/4DwABBAEAzNqxNAAAAABJRU5ErkJggg==',
    'base64',
  )
  const path = `${t.testdir({ 'a.png': png })}/a.png`
  const { records, reports } = read(
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
  t.strictSame(reports, ['test: "v" is a histogram with NaN or infinite values (1 here); these values are ignored'])
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

t.test('hyperparameters and the end of the run are read', (t) => {
  const { records } = read(
    line({
      hparams: {
        lr: 0.1,
        net: { depth: 3, act: 'relu' },
        amp: true,
        seed: null,
        sizes: [1, 2],
        betas: [0.9, 'NaN', { at: '-Infinity', text: 'x' }],
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
    ['betas', '[0.9,"NaN",{"at":"-Infinity","text":"x"}]'],
    ['none', '{}'],
    ['far', Infinity],
    ['nan', NaN],
  ])
  t.strictSame(records[0]?.hparamLists, [
    ['sizes', [1, 2]],
    ['betas', [0.9, NaN, { at: -Infinity, text: 'x' }]],
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

t.test('a hyperparameter beyond 2^53 becomes a string with all of its digits', (t) => {
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

t.test('other lines are skipped without a report', (t) => {
  const others = [
    '',
    'Error: "metrics": gone',
    '{"metrics":',
    line({ msg: 'a' }),
    line({ run: 'fast', req: { run: 7, metrics: 'all', metricsOf: 'a' } }),
    '[{"metrics":{"a":1}}]',
    'null "metrics": {}',
  ]
  t.strictSame(read(`${others.join('\n')}\n`), { records: [], reports: [] })
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
  const { records, reports } = read(line({ metrics }))
  t.strictSame(records[0]?.scalars, [['text', 0.5], ['loss/text', 0.5], ['acc/image', 0.25], ['w/histogram', NaN], ['val/image/acc', 1], ['val/text', 2]]) // biome-ignore format: a table
  t.strictSame(reports, [
    'test: "image" is an image that is not a PNG; it is ignored',
    'test: "deep" is a histogram whose values are not a list of numbers; it is ignored',
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
