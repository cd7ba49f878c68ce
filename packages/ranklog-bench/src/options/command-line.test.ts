import { readFileSync } from 'node:fs'
import t from 'tap'
import { readCommandLine } from './command-line.ts'
import { helpText } from './help.ts'
import { options } from './option-table.ts'

const modes = ['no logging', 'pino/file to one file', 'pino/file to N files', 'gated']
const here = { modes, absent: [] }
const read = (...args: string[]) => readCommandLine(args, here, '/home/user')

const usual = {
  ranks: [1, 2, 4, 8],
  lines: [100],
  lineBytes: [300],
  durationMs: 20_000,
  rounds: 5,
  modes,
  dir: '/home/user',
  disks: ['given', 'tmpfs'],
  spin: false,
  scaling: false,
}
const plain = { command: 'run', suite: usual, quick: false, force: false, wantsReport: true }

t.test('without arguments, and with the suite alone, all options have their defaults', async (t) => {
  t.strictSame(read(), plain)
  t.strictSame(read('contention'), plain)
})

const valid: [args: string[], suite: object, others?: object][] = [
  [['--ranks', '1,64'], { ranks: [1, 64] }],
  [['--ranks=8'], { ranks: [8] }],
  [['--ranks', '2', '--ranks', '4'], { ranks: [4] }],
  [['--lines', '1,100/step'], { lines: [1, 100] }],
  [['--line-bytes', '100,1k,10kB'], { lineBytes: [100, 1000, 10_000] }],
  [['--duration', '1.5m'], { durationMs: 90_000 }],
  [['--step', '500ms', '--spin', '--scaling'], { stepMs: 500, spin: true, scaling: true }],
  [['--rounds', '20'], { rounds: 20 }],
  [['--dir', '/mnt/scratch'], { dir: '/mnt/scratch' }],
  [['--dir', '../data'], { dir: '/home/data' }],
  [['--modes', 'gated,pino/file'], { modes: ['gated', 'pino/file to one file', 'pino/file to N files'] }],
  [['--modes', 'none,Gated,pino/file to n files'], { modes: ['no logging', 'gated', 'pino/file to N files'] }],
  [['--disks', 'fsync'], { disks: ['fsync'] }],
  [['--throttle', '10M'], { disks: ['given', 'tmpfs', 'throttled'], throttleBytesPerSecond: 10e6 }],
  [['--disks', 'throttled', '--throttle', '10MB/s'], { disks: ['throttled'], throttleBytesPerSecond: 10e6 }],
  [['--json', 'a.json', '--report', '/r', '--force'], {}, { json: '/home/user/a.json', report: '/r', force: true }],
  [['--no-report', '--compare', 'old.json'], {}, { wantsReport: false, compare: '/home/user/old.json' }],
  [['--quick'], { ranks: [2], lines: [10], durationMs: 500, rounds: 1, disks: ['given'] }, { quick: true }],
  [
    ['--quick', '--ranks', '8', 'contention'],
    { ranks: [8], lines: [10], durationMs: 500, rounds: 1, disks: ['given'] },
    { quick: true },
  ],
]

t.test('an option replaces its default and the value that --quick gives it', async (t) => {
  for (const [args, suite, others] of valid)
    t.strictSame(read(...args), { ...plain, suite: { ...usual, ...suite }, ...others }, args.join(' '))
})

t.test('--help and --version work although other options are invalid', async (t) => {
  for (const args of [['--help'], ['-h'], ['--ranks', 'x', '--help']]) t.strictSame(read(...args), { command: 'help' })
  for (const args of [['--version'], ['-V']]) t.strictSame(read(...args), { command: 'version' })
})

const whole = 'different whole numbers from 1 to 256, separated by commas'
const time = 'a time with its unit: ms, s, m or h'
const sizes = 'different sizes from 100 bytes to 1M, separated by commas'
const disks = 'one or more disks, separated by commas, each once, of: given, tmpfs, throttled, fsync'

const invalid: [args: string[], message: string][] = [
  [['--ranks', '0'], `option "--ranks": expected ${whole}, received "0"; write for example --ranks 1,2,4,8`],
  [['--ranks', '2,2'], `option "--ranks": expected ${whole}, received "2,2"; write for example --ranks 1,2,4,8`],
  [['--ranks', '257'], `option "--ranks": expected ${whole}, received "257"; write for example --ranks 1,2,4,8`],
  [['--ranks'], 'option "--ranks": expected a value N,…, received nothing; write for example --ranks 1,2,4,8'],
  [['--ranks='], 'option "--ranks": expected a value N,…, received ""; write for example --ranks 1,2,4,8'],
  [
    ['--ranks', '--quick'],
    'option "--ranks": expected a value N,…, received "--quick"; write for example --ranks 1,2,4,8',
  ],
  [['--duration', '20'], `option "--duration": expected ${time}, received "20"; write for example --duration 20s`],
  [['--step', '5'], `option "--step": expected ${time}, received "5"; write for example --step 5ms`],
  [
    ['--rounds', '1.5'],
    'option "--rounds": expected a whole number from 1 to 1000, received "1.5"; write for example --rounds 5',
  ],
  [
    ['--line-bytes', '10'],
    `option "--line-bytes": expected ${sizes}, received "10"; write for example --line-bytes 300`,
  ],
  [
    ['--lines', '100/s'],
    'option "--lines": expected different numbers of lines a step, from 1 to 900000, separated by commas, received "100/s"; write for example --lines 100/step',
  ],
  [
    ['--throttle', 'slow'],
    'option "--throttle": expected a rate in bytes a second, received "slow"; write for example --throttle 10M',
  ],
  [['--disks', 'nfs'], `option "--disks": expected ${disks}, received "nfs"; write for example --disks given,tmpfs`],
  [
    ['--disks', 'throttled'],
    'option "--disks": expected throttled only together with --throttle, received "throttled"; add for example --throttle 10M',
  ],
  [
    ['--modes', 'winston'],
    'option "--modes": expected one or more modes, separated by commas, each once, of: no logging, pino/file to one file, pino/file to N files, gated, received "winston"; write for example --modes none,gated',
  ],
  [['--spin=yes'], 'option "--spin": expected no value, received "yes"; write --spin alone'],
  [
    ['--rank', '2'],
    'option "--rank": expected a known option, received "--rank"; did you mean --ranks? ranklog-bench --help lists all options',
  ],
  [['--xyz'], 'option "--xyz": expected a known option, received "--xyz"; ranklog-bench --help lists all options'],
  [['-x'], 'option "-x": expected a known option, received "-x"; ranklog-bench --help lists all options'],
  [
    ['--constructor'],
    'option "--constructor": expected a known option, received "--constructor"; ranklog-bench --help lists all options',
  ],
  [
    ['contentoin'],
    'suite: expected contention, received "contentoin"; write ranklog-bench contention, or leave it out',
  ],
  [['contention', 'x'], 'argument 2: expected one suite and options, received "x"; see ranklog-bench --help'],
  [
    ['--quick', '--compare', 'old.json'],
    'option "--compare": expected a full run, received "--quick"; leave --quick out, because its figures cannot be compared',
  ],
  [
    ['--no-report', '--report', 'r'],
    'option "--report": expected to be given without --no-report, received "--no-report"; leave one of them out',
  ],
]

t.test('the error for an invalid option has its name, what is expected, what was received, and the fix', async (t) => {
  for (const [args, message] of invalid)
    t.throws(() => read(...args), { name: 'RankError', message: `ranklog-bench: ${message}` }, args.join(' '))
})

t.test('the help lists all options with their defaults, and the modes', async (t) => {
  const help = helpText(here)
  for (const [name, { default: usual }] of Object.entries(options)) {
    const row = help.split('\n').find((line) => line.includes(`--${name} `) || line.includes(`--${name}\n`))
    t.ok(row, name)
    if (usual !== undefined) t.ok(row?.endsWith(`(default: ${usual})`), `${name}: ${usual}`)
  }
  for (const mode of modes) t.ok(help.includes(`\n  ${mode}\n`), mode)
})

t.test('the README lists all options with their defaults', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  for (const [name, { value, default: usual }] of Object.entries(options)) {
    if (name === 'help' || name === 'version') continue
    const cell = `\`--${name}${value ? ` ${value}` : ''}\``
    const row = readme.split('\n').find((line) => line.startsWith(`| ${cell} |`))
    t.ok(row, cell)
    if (usual !== undefined) t.ok(row?.startsWith(`| ${cell} | \`${usual}\` |`), `${name}: ${usual}`)
  }
})

t.test(
  'the help and the error for an unknown mode name the packages that are not installed, and the command that installs them',
  async (t) => {
    const here = { modes, absent: ['pino-roll', 'winston'] }
    t.match(helpText(here), '\n  not installed, so not measured: pino-roll, winston; npm install pino-roll winston\n')
    const message = /; write for example .*, or install what other modes need: npm install pino-roll winston$/
    t.throws(() => readCommandLine(['--modes', 'winston'], here, '/'), { message })
  },
)
