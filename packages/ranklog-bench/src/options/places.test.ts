import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cellOf, idleCells, resultOf } from '../results/result.test-kit.ts'
import { type RunCommand, readCommandLine } from './command-line.ts'
import { checkPlaces, readFigures } from './places.ts'

const start = new Date(2025, 0, 30, 12, 3, 4)

function command(dir: string, ...args: string[]): RunCommand {
  const line = readCommandLine(args, { modes: ['gated'], absent: [] }, dir)
  if (line.command !== 'run') throw new Error(`no run: ${line.command}`)
  return line
}

t.test(
  'results go to the current folder, with the start time in their names, and checking them creates no file',
  async (t) => {
    const dir = t.testdir()
    const json = join(dir, 'ranklog-bench-2025-01-30-120304.json')
    const report = join(dir, 'ranklog-bench-report-2025-01-30-120304')
    t.strictSame(checkPlaces(command(dir), dir, start), { json, report })
    t.strictSame(checkPlaces(command(dir, '--no-report'), dir, start), { json })
    t.strictSame(checkPlaces(command(dir, '--quick'), dir, start), {}, 'a smoke test writes no results')
    const named = ['--quick', '--json', 'a.json', '--report', 'r']
    t.strictSame(checkPlaces(command(dir, ...named), dir, start), { json: join(dir, 'a.json'), report: join(dir, 'r') })
    t.strictSame(readdirSync(dir), [])
  },
)

t.test('an existing file or folder is an error without --force', async (t) => {
  const dir = t.testdir({ 'a.json': '{}', r: { 'report.html': '' }, empty: {} })
  for (const [args, option, received] of [
    [['--json', 'a.json'], '--json', join(dir, 'a.json')],
    [['--report', 'r'], '--report', join(dir, 'r')],
  ] as const) {
    t.throws(() => checkPlaces(command(dir, ...args), dir, start), {
      message: `ranklog-bench: option "${option}": expected a new name, received ${JSON.stringify(received)}; choose another name, or add --force to replace it`,
    })
    t.doesNotThrow(() => checkPlaces(command(dir, ...args, '--force'), dir, start))
  }
  t.doesNotThrow(() => checkPlaces(command(dir, '--report', 'empty'), dir, start))
})

t.test('a folder that does not exist is an error and is not created', async (t) => {
  const dir = t.testdir({ file: '' })
  for (const [args, message] of [
    [['--dir', 'no'], /"--dir": expected a folder that exists, received ".*\/no"; make the folder, or choose one/],
    [['--dir', 'file'], /"--dir": expected a folder, received ".*\/file"/],
    [['--json', 'no/a.json'], /"--json": expected a folder that exists, received ".*\/no"/],
    [['--report', 'no/r'], /"--report": expected a folder that exists, received ".*\/no"/],
  ] as const)
    t.throws(() => checkPlaces(command(dir, ...args), dir, start), { message })
  t.strictSame(readdirSync(dir), ['file'])
})

t.test('--compare reads the figures of an earlier run, and names the reason if it cannot', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'old.json')
  const result = resultOf([...idleCells(), cellOf('gated', 6)])
  for (const [text, message] of [
    [undefined, /"--compare": expected a file with figures \(ENOENT.*; name a file that ranklog-bench --json wrote$/],
    ['{', /expected a file with figures \(.*JSON/],
    ['[]', /expected figures of this format \(the file: object\)/],
    [
      JSON.stringify({ ...result, format: 1 }),
      /expected a file of format 2, not 1, received ".*old.json"; an earlier version wrote it, and its modes have other names: measure again with this version$/,
    ],
    [
      JSON.stringify({ ...result, format: 3 }),
      /expected a file of format 2, not 3, received ".*old.json"; a later version wrote it: compare with that version$/,
    ],
    [
      JSON.stringify({ ...result, format: 'x' }),
      /expected figures of this format \(format: 2\), received ".*old.json"/,
    ],
    [JSON.stringify({ ...result, cells: [{}] }), /expected figures of this format \(cells\[0\]\.disk: a value\)/],
  ] as const) {
    if (text !== undefined) writeFileSync(path, text)
    t.throws(() => readFigures(path), { message }, text ?? 'no file')
  }
  writeFileSync(path, JSON.stringify(result))
  t.strictSame(readFigures(path), result)
})
