import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lineFileSettings } from './append.ts'
import { fileSettings } from './file-options.ts'
import { type FileOptions, fileStream, rank } from './index.ts'
import { foreignOptions } from './line-file/foreign-options.ts'

const path = 'train.log'
const self = { rank: 3, launcher: 'test', worldSize: 4 }

const wrongOptions: [name: string, options: object, code: string, message: RegExp][] = [
  ['no path', {}, 'OPTION_INVALID', /option "path": expected a path that ends in a file name, received nothing/],
  ['an empty path', { path: '' }, 'OPTION_INVALID', /"path"/],
  ['a folder', { path: 'logs/' }, 'OPTION_INVALID', /received "logs\/"/],
  ['a folder by name', { path: 'logs/..' }, 'OPTION_INVALID', /"path"/],
  ['an unknown placeholder', { path: 'train.{rnak}.log' }, 'PATH_PLACEHOLDER', /^pino-rank-file: .*\{rnak\}/],
  ['time in a shared path', { path: 'train.{time}.log' }, 'PATH_PLACEHOLDER', /\{time\}/],
  ['an unknown option', { path, fsyncc: 1 }, 'OPTION_UNKNOWN', /expected only path, mkdir.*received "fsyncc"/],
  ['mkdir', { path, mkdir: 'yes' }, 'OPTION_INVALID', /"mkdir": expected true or false/],
  ['mode', { path, mode: 0o10000 }, 'OPTION_INVALID', /"mode": expected permission bits, a number from 0 to 0o777/],
  ['a mode without digits', { path, mode: 'rw' }, 'OPTION_INVALID', /received "rw"; give e.g. 0o640 \(416 in JSON\)/],
  ['a mode that is not a whole number', { path, mode: 420.5 }, 'OPTION_INVALID', /"mode"/],
  ['mode as text', { path, mode: '640' }, 'OPTION_INVALID', /received "640"; write the number 0o640 \(416 in JSON\)$/],
  ['mode as octal text', { path, mode: '0640' }, 'OPTION_INVALID', /received "0640"; write the number 0o640/],
  ['mode as text with 0o', { path, mode: '0o600' }, 'OPTION_INVALID', /write the number 0o600 \(384 in JSON\)$/],
  [
    'octal digits in decimal that mean more than 0o777',
    { path, mode: 640 },
    'OPTION_INVALID',
    /received 640; write 0o640 \(416 in JSON\): 640 without 0o is decimal, and means 0o1200$/,
  ],
  [
    'octal digits in decimal that mean an unusual mode',
    { path, mode: 440 },
    'OPTION_INVALID',
    /write 0o440 \(288 in JSON\): 440 without 0o is decimal, and means 0o670$/,
  ],
  ['followSymlinks', { path, followSymlinks: 'no' }, 'OPTION_INVALID', /"followSymlinks": expected true or false/],
  ['attemptFolder', { path, attemptFolder: 0 }, 'OPTION_INVALID', /"attemptFolder": expected true or false/],
  ['an empty run directory', { path, runDirectory: '' }, 'OPTION_INVALID', /"runDirectory": expected a folder/],
  ['a run directory that is not a string', { path, runDirectory: true }, 'OPTION_INVALID', /"runDirectory"/],
  ['an unknown placeholder of a run', { path, runDirectory: '{who}' }, 'PATH_PLACEHOLDER', /"runDirectory", \{who\}/],
  [
    'a path that leaves its run',
    { path: '../x.log', runDirectory: 'runs' },
    'OPTION_INVALID',
    /below the run directory/,
  ],
  ['a path that leaves its run later', { path: 'a/../../x.log', runDirectory: 'runs' }, 'OPTION_INVALID', /"path"/],
  ['an absolute path in a run', { path: '/x.log', runDirectory: 'runs' }, 'OPTION_INVALID', /received "\/x.log"/],
  ['a run without a run key', { path, runDirectory: 'runs' }, 'RANK_FIELD_MISSING', /give runKey in the rank/],
  ['flushBytes', { path, flushBytes: 0 }, 'OPTION_INVALID', /"flushBytes"/],
  ['flushMs', { path, flushMs: 1.5 }, 'OPTION_INVALID', /"flushMs"/],
  ['an infinite flushMs', { path, flushMs: Infinity }, 'OPTION_INVALID', /"flushMs"/],
  [
    'a queue smaller than a batch',
    { path, queueBytes: 65_535 },
    'OPTION_INVALID',
    /"queueBytes": expected at least "flushBytes", which is 65536: a batch has to fit, received 65535; raise it/,
  ],
  ['queueBytes', { path, queueBytes: 'all' }, 'OPTION_INVALID', /"queueBytes": expected a whole number/],
  ['flushLevel', { path, flushLevel: 'loud' }, 'LEVEL_UNKNOWN', /pino-rank-file, option "flushLevel"/],
  ['rotate', { path, rotate: true }, 'OPTION_INVALID', /"rotate": expected an object/],
  ['rotate: null', { path, rotate: null }, 'OPTION_INVALID', /"rotate"/],
  ['an unknown option of rotate', { path, rotate: { size: 1 } }, 'OPTION_UNKNOWN', /"rotate".*"size"/],
  [
    'maxBytes',
    { path, rotate: { maxBytes: '10M' } },
    'OPTION_INVALID',
    /"rotate.maxBytes": expected a number of bytes, received "10M"; write 10485760$/,
  ],
  [
    'keepBytes as text',
    { path, rotate: { keepBytes: '1g' } },
    'OPTION_INVALID',
    /"rotate.keepBytes".*write 1073741824$/,
  ],
  ['flushBytes as text', { path, flushBytes: '64k' }, 'OPTION_INVALID', /"flushBytes".*write 65536$/],
  ['queueBytes as text', { path, queueBytes: '32 MiB' }, 'OPTION_INVALID', /"queueBytes".*write 33554432$/],
  ['maxBytes of 0', { path, rotate: { maxBytes: 0 } }, 'OPTION_INVALID', /"rotate.maxBytes"/],
  [
    'every',
    { path, rotate: { every: 'week' } },
    'OPTION_INVALID',
    /"rotate.every": expected "day" or "hour" or "minute"/,
  ],
  [
    'an interval as pino-roll names it',
    { path, rotate: { every: 'daily' } },
    'OPTION_INVALID',
    /"rotate.every": expected "day" or "hour" or "minute", received "daily"; write "day"$/,
  ],
  ['an interval in ms', { path, rotate: { every: 3_600_000 } }, 'OPTION_INVALID', /received 3600000; write "hour"$/],
  ['a null interval', { path, rotate: { every: null } }, 'OPTION_INVALID', /"rotate.every".*received null/],
  [
    'an interval named like a property of all objects',
    { path, rotate: { every: 'constructor' } },
    'OPTION_INVALID',
    /give one of them$/,
  ],
  [
    'a time zone',
    { path, rotate: { timeZone: 'CET' } },
    'OPTION_INVALID',
    /"rotate.timeZone": expected "UTC" or "local"/,
  ],
  ['atStart', { path, rotate: { atStart: 1 } }, 'OPTION_INVALID', /"rotate.atStart"/],
  ['names', { path, rotate: { names: 'random' } }, 'OPTION_INVALID', /"rotate.names"/],
  ['keepFiles', { path, rotate: { keepFiles: 0 } }, 'OPTION_INVALID', /"rotate.keepFiles"/],
  ['keepBytes', { path, rotate: { keepBytes: -1 } }, 'OPTION_INVALID', /"rotate.keepBytes"/],
  ['keepDays', { path, rotate: { keepDays: 0.5 } }, 'OPTION_INVALID', /"rotate.keepDays"/],
  ['gzip', { path, rotate: { gzip: 'yes' } }, 'OPTION_INVALID', /"rotate.gzip"/],
  ['current', { path, current: 'logs/' }, 'OPTION_INVALID', /"current": expected a path that ends in a file name/],
]

for (const [name, options, code, message] of wrongOptions) {
  t.test(`refused at construction: ${name}`, (t) => {
    const wrong = options as FileOptions
    t.throws(() => fileStream({ ...wrong, rank: self }), { code, message }, 'as a stream')
    t.throws(() => rank.check?.(wrong, self), { code, message }, 'as a target')
    t.throws(() => rank.append?.(wrong, self), { code, message }, 'as a gated rank’s append')
    t.end()
  })
}

t.test('for an option of another library, the error says what to write instead, and the README lists it', (t) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const table = readme.slice(
    readme.indexOf('## Coming from'),
    readme.indexOf('\n## ', readme.indexOf('## Coming from') + 1),
  )
  for (const [option, fix] of Object.entries(foreignOptions)) {
    const wrong = { path, [option]: 1 } as never
    const message = new RegExp(`received "${option}"; ${fix.replace(/[{}()]/g, '\\$&')}$`)
    t.throws(() => fileStream(wrong), { code: 'OPTION_UNKNOWN', message })
    t.throws(() => rank.check?.(wrong, self), { code: 'OPTION_UNKNOWN', message })
    t.match(table, `\`${option}`, `the README has ${option}`)
  }
  t.throws(() => fileStream({ path, rotate: { size: '10m' } as never }), { message: /"size"; write it as maxBytes/ })
  t.throws(() => fileStream({ path, constructor: 1 } as never), { message: /check the spelling or remove it$/ })
  t.end()
})

t.test('options that are not an object are refused with an example', (t) => {
  for (const given of ['train.log', 1, undefined, null]) {
    t.throws(() => fileStream(given as never), {
      code: 'OPTION_INVALID',
      message:
        /^pino-rank-file: fileStream\(\) options: expected an object, received .*; give one, e.g. \{ path: "train.log" \}$/,
    })
  }
  t.end()
})

t.test('usual modes are accepted, in octal and as decimal numbers from JSON', (t) => {
  for (const mode of [
    0, 0o400, 0o440, 0o600, 0o620, 0o640, 0o644, 0o660, 0o664, 0o666, 0o750, 0o755, 0o777, 416, 420,
  ]) {
    fileStream({ path, mode, rank: self }).end()
  }
  t.end()
})

t.test('an invalid rank set in ranks is refused', (t) => {
  t.throws(() => fileStream({ path, ranks: '0-x', rank: self }), { code: 'RANK_SET_SYNTAX' })
  t.end()
})

t.test('valid options open no file before the first line', (t) => {
  const path = join(t.testdir(), 'logs', 'train.log')
  const limits = { maxBytes: 1, every: 'day', keepFiles: 1, keepBytes: 1, keepDays: 1 } as const
  const rotate = { ...limits, atStart: true, names: 'dated', gzip: true } as const
  const current = `${path}.now`
  const options = { path, current, rotate, mkdir: true, mode: 0o600, flushBytes: 1, flushMs: 1, flushLevel: 'silent' }
  const stream = fileStream({ ...options, rank: self })
  rank.check?.(options, self)
  rank.append?.(options, self)
  stream.end()
  t.notOk(existsSync(join(path, '..')))
  t.end()
})

t.test('a run directory is claimed at the first line; a restart has its own, unless attemptFolder is false', (t) => {
  const runDirectory = join(t.testdir(), 'runs')
  const of = (given: object, attempt = 0) => ({
    ...{ path: 'logs/train.log', runDirectory, ...given },
    rank: { ...self, runKey: 'job-7', attempt },
  })
  const first = fileStream(of({ followSymlinks: false }))
  const second = rank.append?.(of({}), of({}, 1).rank)
  const together = rank.append?.(of({ attemptFolder: false }), of({}, 2).rank)
  t.notOk(existsSync(runDirectory))
  const text = (run: number) => readFileSync(join(runDirectory, `version_${run}/logs/train.log`), 'utf8')
  first.write('1\n')
  first.flushSync()
  second?.('2\n')
  together?.('3\n')
  first.end()
  t.strictSame(readdirSync(runDirectory).sort(), ['version_0', 'version_1'])
  t.strictSame([text(0), text(1)], ['1\n3\n', '2\n'])
  t.end()
})

t.test(
  'on a network file system the error file of a restarted job is in attempt-N/, unless attemptFolder is false or there is a run directory',
  (t) => {
    const second = { ...self, attempt: 1, runKey: 'job-7' }
    const own = (options: object) => fileSettings({ path, ...options }, second, [], { cwd: '/logs' }).shared?.own
    t.equal(own({}), '/logs/attempt-1/train.errors.rank-3.log')
    t.equal(own({ attemptFolder: false }), '/logs/train.errors.rank-3.log')
    for (const attemptFolder of [true, false])
      t.equal(own({ runDirectory: 'runs', attemptFolder }), 'train.errors.rank-3.log', 'relative to the run directory')
    t.end()
  },
)

t.test('a restart writes to attempt-N/, unless attemptFolder is false', (t) => {
  const dir = t.testdir()
  const second = { ...self, attempt: 1 }
  rank.append?.({ path: join(dir, 'train.log') }, second)?.('1\n')
  rank.append?.({ path: join(dir, 'train.log'), attemptFolder: false }, second)?.('2\n')
  t.equal(readFileSync(join(dir, 'attempt-1/train.log'), 'utf8'), '1\n')
  t.equal(readFileSync(join(dir, 'train.log'), 'utf8'), '2\n')
  t.end()
})

t.test('rotateOn without rotate is refused', (t) => {
  const options = { path, rank: self, rotateOn: 'SIGUSR2' } as const
  t.throws(() => fileStream(options), { code: 'OPTION_INVALID', message: /"rotateOn": expected the option "rotate"/ })
  fileStream({ ...options, rotate: {} }).end()
  const asTarget = () => rank.check?.({ path, rotateOn: 'SIGUSR2' }, self)
  t.throws(asTarget, { code: 'OPTION_INVALID', message: /"rotateOn": expected the option "rotate"/ })
  t.end()
})

t.test('the default queue is at least as large as a batch', (t) => {
  const queue = (options: object) => lineFileSettings('test', { path, ...options }, self, (path) => path).queueBytes
  t.equal(queue({}), 2 ** 24)
  t.equal(queue({ flushBytes: 100, queueBytes: 100 }), 100)
  t.equal(queue({ flushBytes: 2 ** 25 }), 2 ** 25, 'a long batch raises the default')
  t.end()
})
