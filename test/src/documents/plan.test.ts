import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { documentsOf } from './documents.ts'
import { notes } from './notes.ts'
import { type PageNotes, planOf } from './plan.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Returns a block of a page. */
const fenced = (language: string, text: string) => `text\n\n\`\`\`${language}\n${text}\n\`\`\`\n`

t.test('every block of every document is run or has a reason', async (t) => {
  const pages = documentsOf(root)
  for (const page of pages) {
    t.doesNotThrow(() => planOf(readFileSync(join(root, page), 'utf8'), notes.get(page) ?? {}), page)
  }
  t.strictSame(
    [...notes.keys()].filter((page) => !pages.includes(page)),
    [],
    'no notes on a page that does not exist',
  )
})

t.test('the language of a block decides how it is run, and each command is a step', async (t) => {
  const cases: [page: string, steps: [action: string, name: string, line: number][]][] = [
    [fenced('js', "log.info('hello')"), [['run', 'line-4.mjs', 4]]],
    [fenced('js', '// train.mjs: the trainer\n1'), [['run', 'train.mjs', 4]]],
    [fenced('cjs', '1'), [['run', 'line-4.cjs', 4]]],
    [fenced('json', '{}'), [['parse', 'line-4.json', 4]]],
    [`- item\n\n  ${fenced('js', '1').replaceAll('\n', '\n  ')}`, [['run', 'line-6.mjs', 6]]],
    [
      fenced('sh', '# first\nls\n\nls -l \\\n  /'),
      [
        ['command', 'ls', 5],
        ['command', 'ls -l     /', 7],
      ],
    ],
    ['text\n\n    ls\n', [['command', 'ls', 3]]],
    [fenced('text', 'a ─► b') + fenced('sh', 'ls'), [['command', 'ls', 9]]],
    [
      fenced('ts', '// src/net.ts') + fenced('sh', 'tsc src/net.ts'),
      [
        ['save', 'src/net.ts', 4],
        ['command', 'tsc src/net.ts', 9],
      ],
    ],
    [
      fenced('js', '// train.mjs') + fenced('sh', 'mpirun node train.mjs'),
      [
        ['save', 'train.mjs', 4],
        ['command', 'mpirun node train.mjs', 9],
      ],
    ],
  ]
  for (const [page, expected] of cases) {
    const steps = planOf(page, {}).map(({ action, name, line }) => [action, name, line])
    t.strictSame(steps, expected, page)
  }
})

t.test('a note applies to the only block that has its text', async (t) => {
  const page = fenced('js', 'one()') + fenced('', 'output') + fenced('sh', 'ls one\nls two')
  const [first, second, third] = planOf(page, { expected: { 'one()': { exit: 1 } }, notRun: { output: 'a reason' } })
  t.strictSame([first?.expected, second?.expected, third?.expected], [{ exit: 1 }, {}, {}])
  t.equal(
    planOf(page, { notRun: { output: 'a reason', 'ls one': 'a reason' } }).length,
    1,
    'a reason in notRun applies to the whole block',
  )
})

t.test('planOf throws for a block that cannot run and has no reason, and for a note without its block', async (t) => {
  const refused: [page: string, notes: PageNotes, message: RegExp][] = [
    [
      fenced('', 'output'),
      {},
      /^line 4: a block of language "" cannot be run\. Give it one of js, .*, or a reason in notRun$/,
    ],
    [fenced('yaml', 'a: 1'), {}, /^line 4: a block of language "yaml" cannot be run/],
    [fenced('python', 'print(1)'), {}, /^line 4: a block of language "python"/],
    [fenced('ts', '// net.ts'), {}, /^line 4: no command below it on the page compiles net\.ts$/],
    [fenced('sh', 'tsc net.ts') + fenced('ts', '// net.ts'), {}, /^line 9: no command below it/],
    [fenced('js', 'one()'), { expected: { 'two()': {} } }, /^no blocks have "two\(\)": name exactly one$/],
    [fenced('js', 'one()'), { notRun: { 'two()': 'a reason' } }, /^no blocks have/],
    [fenced('js', 'one()') + fenced('js', 'one()'), { expected: { 'one()': {} } }, /^2 blocks have "one\(\)"/],
    [fenced('js', 'one()'), { notRun: { one: 'a reason' }, expected: { one: {} } }, /^no blocks have "one"/],
  ]
  for (const [page, given, message] of refused) t.throws(() => planOf(page, given), { message }, String(message))
})
