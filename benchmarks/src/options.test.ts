import { tmpdir } from 'node:os'
import t from 'tap'
import { helpText } from './help.ts'
import { readOptions } from './options.ts'
import { benchmarkNames } from './questions.ts'

t.test('without arguments all benchmarks run in full', async (t) => {
  const { sizes, ...options } = readOptions([])
  t.match(options, { benchmarks: benchmarkNames, quick: false, help: false, publish: false, pages: false })
  t.notOk('json' in options)
  t.same(options.suite, ['--dir', tmpdir()], 'ranklog-bench too')
  t.same(sizes.job.worldSizes, [1, 4, 8])
  t.same(sizes.job.scenarios, ['steps', 'a', 'b', 'c', 'd', 'e', 'f', 'g'])
  t.equal(sizes.gate.pairs, 20, 'what a claim under 20 % needs')
  t.match(sizes.writer, { pairs: 20, records: 500_000, worldSizes: [8] })
  t.match(sizes.memory, { seconds: 60 })
  t.match(sizes.soak, { minutes: 5, seed: 1 })
})

t.test('an option overrides the default, also with --quick', async (t) => {
  const args = [
    'job',
    '--quick',
    '--pairs',
    '3',
    '--world-sizes',
    '2,16',
    '--lines',
    '5',
    '--dir',
    '/data',
    '--json',
    '/out/x.json',
  ]
  const { benchmarks, sizes, dir, json } = readOptions(args)
  t.same({ benchmarks, dir, json }, { benchmarks: ['job'], dir: '/data', json: '/out/x.json' })
  t.match(sizes.job, { pairs: 3, worldSizes: [2, 16], lines: [5], steps: 20 })
})

t.test('--scenario selects scenarios of job, in the order of the argument', async (t) => {
  const { sizes } = readOptions(['job', '--scenario', 'c,a', '--quick'])
  t.match(sizes.job, { scenarios: ['c', 'a'], pairs: 1 })
})

t.test('ranklog-bench runs with all benchmarks, and not with named ones', async (t) => {
  t.same(readOptions(['--quick', '--dir', '/data']).suite, ['--dir', '/data', '--quick'])
  t.notOk('suite' in readOptions(['gate']))
})

t.test('--minutes and --seed set the duration and the faults of a soak', async (t) => {
  const { sizes } = readOptions(['soak', '--minutes', '30', '--seed', '7'])
  t.match(sizes.soak, { minutes: 30, seed: 7, worldSizes: [8] })
})

t.test('an error names the wrong argument', async (t) => {
  for (const [args, message] of [
    [
      ['gates'],
      'unknown benchmark "gates". Use one of: contention, gate, job, writer, memory, soak, metrics, encoder, merge, run, fuzz, calls, trainer, kill, collectives, ddp',
    ],
    [
      ['in'],
      'unknown benchmark "in". Use one of: contention, gate, job, writer, memory, soak, metrics, encoder, merge, run, fuzz, calls, trainer, kill, collectives, ddp',
    ],
    [
      ['gate', 'contention'],
      'contention has its own options and must run alone: npm run bench -- contention [OPTION...]',
    ],
    [['--pairs', '0'], '--pairs: invalid value "0". Use a whole number >= 1'],
    [['--lines', '1,x'], '--lines: invalid value "x". Use a whole number >= 1'],
    [['--scenario', 'a,x'], 'unknown scenario "x". Use some of: steps, a, b, c, d, e, f, g'],
    [['--seed', '0'], '--seed: invalid value "0". Use a whole number >= 1'],
    [['--pairs', ''], '--pairs: invalid value "". Use a whole number >= 1'],
    [['--json', 'x.json'], /--json takes the figures of one benchmark/],
    [['gate', '--publish', '--quick'], /--publish cannot publish the figures of --quick/],
    [['gate', '--publish', '--json', 'x.json'], /remove one of the two/],
    [['--readme'], /'--readme'/],
    [['--world-size', '4'], /'--world-size'/],
  ] as [string[], string | RegExp][]) {
    t.throws(() => readOptions(args), { message }, args.join(' '))
  }
})

t.test('the help has every benchmark, every option with its default, and short lines', async (t) => {
  const text = helpText()
  for (const name of ['contention', ...benchmarkNames]) t.match(text, new RegExp(`^  ${name} +\\S.*`, 'm'), name)
  const options =
    'pairs calls scenario world-sizes lines steps records seconds minutes runs seed quick dir json publish pages help'
  for (const option of options.split(' ')) t.match(text, `--${option}`, option)
  t.match(text.replaceAll(/\s+/g, ' '), '(default: 20; merge, run 10; job 6; memory 2)')
  t.same(
    text.split('\n').filter((line) => line.length > 120),
    [],
  )
})
