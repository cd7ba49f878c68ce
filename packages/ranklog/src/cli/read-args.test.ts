import t from 'tap'
import type { Command } from './command.ts'
import { readArgs } from './read-args.ts'

const command: Command = {
  name: 'run',
  usage: '',
  about: '',
  takesProgram: true,
  options: {
    nproc: { value: 'N', short: 'n', aliases: ['--nproc-per-node', '--np', '-np'], about: '' },
    'max-restarts': { value: 'N', about: '' },
    label: { value: 'TEXT', about: '' },
    raw: { short: 'r', about: '' },
  },
  examples: [],
  run: async () => 0,
}

/** Arguments, separated by spaces, with the options and the program that they are read as. */
const forms: [args: string, options: Record<string, string | true>, program: string][] = [
  ['-n 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['-n 2 -- node a.js', { nproc: '2' }, 'node a.js'],
  ['-n2 node a.js', { nproc: '2' }, 'node a.js'],
  ['-np 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--np 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--np=2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc=2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc-per-node 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc-per-node=2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc_per_node 2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--nproc_per_node=2 node a.js', { nproc: '2' }, 'node a.js'],
  ['--max_restarts=3 -n 2 a', { 'max-restarts': '3', nproc: '2' }, 'a'],
  ['--label a_b=c node', { label: 'a_b=c' }, 'node'],
  ['--label=a_b=c node', { label: 'a_b=c' }, 'node'],
  ['-rn 2 node', { raw: true, nproc: '2' }, 'node'],
  ['-n 2 node --test', { nproc: '2' }, 'node --test'],
  ['-n 2 node -n 3 --raw', { nproc: '2' }, 'node -n 3 --raw'],
  ['-n 2 node -- -n 3', { nproc: '2' }, 'node -- -n 3'],
  ['-n 2 -- -odd -n', { nproc: '2' }, '-odd -n'],
  ['--raw node -e 1', { raw: true }, 'node -e 1'],
  ['node', {}, 'node'],
  ['- -n', {}, '- -n'],
  ['--', {}, ''],
  ['-n 2', { nproc: '2' }, ''],
]

t.test('options end at the program, and all arguments after it are the program’s', async (t) => {
  for (const [args, options, program] of forms) {
    const found = readArgs(command, args.split(' '))
    t.strictSame([{ ...found.options }, found.paths.join(' ')], [options, program], args)
  }
})

t.test('options of a command without a program may follow its other arguments', async (t) => {
  const { options, paths } = readArgs({ ...command, takesProgram: false }, [
    'a',
    '--nproc_per_node',
    '2',
    'b',
    '--',
    '-n',
  ])
  t.strictSame([{ ...options }, paths], [{ nproc: '2' }, ['a', 'b', '-n']])
})

t.test('an unknown option, a missing value and a value too many are errors', async (t) => {
  for (const [args, message] of [
    ['--nope node', /^Unknown option '--nope'/],
    ['--nproc_per_nod=2 node', /^Unknown option '--nproc_per_nod'/],
    ['-x node', /^Unknown option '-x'/],
    ['-n', /argument missing/],
    ['-n -- node', /argument is ambiguous/],
    ['--nproc_per_node --raw node', /argument is ambiguous/],
    ['--raw=1 node', /does not take an argument/],
  ] as const)
    t.throws(() => readArgs(command, args.split(' ')), { name: 'InputError', message }, args)
})
