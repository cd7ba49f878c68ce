import { type MetricRecord, NameWarnings } from 'pino-rank-metrics/sink'
import t from 'tap'
import { type Metric, partsOf, type RunPart, requestsOf, valuesIn } from './mlflow-format.ts'

function parts(changes: Partial<MetricRecord>) {
  const reports: string[] = []
  const lists = { scalars: [], hparams: [], hparamLists: [], texts: [], histograms: [], images: [] }
  const record = { ...lists, time: 1000.4, step: 7, epoch: undefined, rank: undefined, end: undefined, ...changes }
  return { parts: partsOf(record as MetricRecord, new NameWarnings('test', (line) => reports.push(line))), reports }
}

const scalars = (count: number) => Array.from({ length: count }, (_, n): [string, number] => [`m${n}`, n])

t.test('a record becomes parts in the form of the REST API', async (t) => {
  const png = Buffer.from('png')
  const { parts: found, reports } = parts({
    scalars: [['loss', 0.5], ['nan', NaN], ['far', -Infinity]],
    hparams: [['lr', 0.1], ['none', null], ['amp', true]],
    texts: [['note', 'hä']],
    histograms: [['w', { counts: [1], edges: [0, 1] }]],
    images: [['a/b', { png, width: 1, height: 1 }]],
  }) // biome-ignore format: a table
  const file = (path: string, text: string) => ({ artifact: { path, base64: Buffer.from(text).toString('base64') } })
  t.strictSame(found, [
    { params: [{ key: 'lr', value: '0.1' }, { key: 'none', value: 'None' }, { key: 'amp', value: 'true' }] },
    {
      metrics: [
        { key: 'loss', value: 0.5, timestamp: 1000, step: 7 },
        { key: 'nan', value: 'NaN', timestamp: 1000, step: 7 },
        { key: 'far', value: '-Infinity', timestamp: 1000, step: 7 },
      ],
    },
    file('texts/note_7.txt', 'hä'),
    file('histograms/w_7.json', '{"counts":[1],"edges":[0,1]}'),
    file('images/a/b_7.png', 'png'),
  ]) // biome-ignore format: a table
  t.strictSame(found.map(valuesIn), [3, 3, 1, 1, 1])
  t.equal(valuesIn({ end: { status: 'FAILED', time: 1 } }), 0)
  t.strictSame(reports, [])
  t.strictSame(parts({}).parts, [])
})

t.test('a request has at most a thousand metrics or a hundred parameters', async (t) => {
  const sizes = (changes: Partial<MetricRecord>) => parts(changes).parts.map(valuesIn)
  t.strictSame(sizes({ scalars: scalars(1000) }), [1000])
  t.strictSame(sizes({ scalars: scalars(2001) }), [1000, 1000, 1])
  t.strictSame(sizes({ hparams: scalars(100) }), [100])
  t.strictSame(sizes({ hparams: scalars(250) }), [100, 100, 50])
  const { parts: found } = parts({ scalars: scalars(2001) })
  const keys = found.flatMap((part) => ('metrics' in part ? part.metrics.map(({ key }) => key) : []))
  t.strictSame(keys, scalars(2001).map(([name]) => name), 'each once, in order') // biome-ignore format: a line
})

t.test('a name that MLflow does not accept is escaped, and no two names get one key', async (t) => {
  const cases: [name: string, key: string][] = [
    ['loss/train.a-b: c', 'loss/train.a-b: c'],
    ['损失', '损失'],
    ['a(b)', 'a_x0028_b_x0029_'],
    ['🚀', '_x1F680_'],
    ['a_x0028_b', 'a_x005F_x0028_b'],
    ['_xyz', '_xyz'],
    ['', '_x_'],
    ['/a', '_x002F_a'],
    ['a/', 'a_x002F_'],
    ['a//b', 'a/_x002F_b'],
    ['.', '_x002E_'],
    ['..', '_x002E_.'],
    ['a/./b', 'a/_x002E_/b'],
    ['a/../b', 'a/_x002E_./b'],
    ['.a', '.a'],
  ]
  for (const [name, key] of cases) {
    const { parts: found, reports } = parts({ scalars: [[name, 1]] })
    t.match(found, [{ metrics: [{ key }] }], name)
    t.strictSame(reports, name === key ? [] : [`test: "${name}" is not a name that MLflow accepts; it is sent as "${key}"`]) // biome-ignore format: a line
  }
  t.equal(new Set(cases.map(([, key]) => key)).size, cases.length)
})

t.test('a name of more than 250 characters is truncated, and ends in a hash of the whole name', async (t) => {
  const keyOf = (name: string) => (parts({ scalars: [[name, 1]] }).parts[0] as { metrics: Metric[] }).metrics[0]?.key
  for (const sign of ['x', '损', '𝒳']) {
    t.equal(keyOf(sign.repeat(250)), sign.repeat(250))
    const [one, two] = [keyOf(sign.repeat(251)), keyOf(sign.repeat(252))] as [string, string]
    t.equal([...one].length, 250)
    t.match(one, new RegExp(`^${sign.repeat(237)}_[0-9a-f]{12}$`, 'u'))
    t.not(one, two)
  }
  const fileOf = (name: string) =>
    (parts({ texts: [[name, '']] }).parts as { artifact: { path: string } }[])[0]?.artifact.path
  t.match(fileOf(`a/${'x'.repeat(151)}`), /^texts\/a\/x{40}_[0-9a-f]{12}_7\.txt$/, 'each part is a file name')
  t.equal(fileOf(`${'x'.repeat(150)}/b`), `texts/${'x'.repeat(150)}/b_7.txt`)
})

t.test('a parameter longer than MLflow stores is cut, and reported', async (t) => {
  const sentFor = (value: string) => {
    const { parts: found, reports } = parts({ hparams: [['p', value]] })
    return [(found[0] as { params: { value: string }[] }).params[0]?.value, reports.length]
  }
  t.strictSame(sentFor('x'.repeat(6000)), ['x'.repeat(6000), 0])
  t.strictSame(sentFor('x'.repeat(6001)), ['x'.repeat(6000), 1])
  t.strictSame(sentFor(`${'x'.repeat(5999)}🚀`), [`${'x'.repeat(5999)}\ufffd`, 1], 'not within a character')
})

t.test('metrics of several lines become one request, in the order of the lines', async (t) => {
  const metrics = (count: number): RunPart => ({ metrics: scalars(count).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 })) }) // biome-ignore format: a line
  const end: RunPart = { end: { status: 'FINISHED', time: 1 } }
  const params: RunPart = { params: [{ key: 'a', value: '1' }] }
  const requests = (...given: (RunPart | string)[]) => {
    let damages = 0
    const lines = given.map((part, at) => ({ text: typeof part === 'string' ? part : JSON.stringify(part), at }))
    const found = [...requestsOf(lines, () => damages++)].map(({ part, last }) => [Object.keys(part)[0], valuesIn(part), last.at]) // biome-ignore format: a line
    return { found, damages }
  }
  t.strictSame(requests(metrics(600), metrics(400), metrics(1), params, params, metrics(1), end), {
    found: [
      ['metrics', 1000, 1],
      ['metrics', 1, 2],
      ['params', 1, 3],
      ['params', 1, 4],
      ['metrics', 1, 5],
      ['end', 0, 6],
    ],
    damages: 0,
  })
  t.strictSame(requests('{"torn', metrics(1), 'null', '{"other":1}', metrics(2)), {
    found: [['metrics', 3, 4]],
    damages: 3,
  })
  t.strictSame(
    requests(metrics(1), 'torn'),
    { found: [['metrics', 1, 1]], damages: 1 },
    'a damaged line is passed over',
  )
  t.strictSame(requests(), { found: [], damages: 0 })
})
