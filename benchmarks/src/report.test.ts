import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readOptions } from './options.ts'
import { putFigures } from './put-figures.ts'
import { loadReport, type Report, renderReport, saveReport } from './report.ts'

const report: Report = {
  benchmark: 'gate',
  date: '2025-01-30',
  versions: { node: '20.19.0', pino: '10.4.0' },
  machine: { cpu: 'a cpu', cores: 2, memoryGB: 8, platform: 'linux x64', fileSystem: 'ext4' },
  size: readOptions(['--pairs', '20']).sizes.gate,
  tables: [
    { title: 'Calls', about: 'A cost.', rows: [{ call: 'pino', ns: 12.345678, threads: Number.NaN, ratio: null }] },
  ],
}

t.test('a report that is saved and loaded is rendered in the same way', async (t) => {
  const file = join(t.testdir(), 'gate.json')
  saveReport(file, report)
  t.equal(renderReport(loadReport(file)), renderReport(report))
  t.match(readFileSync(file, 'utf8'), /"ns":12\.3,/, 'three digits')
})

t.test('putFigures replaces only the text between the markers', async (t) => {
  const file = join(t.testdir(), 'README.md')
  writeFileSync(file, 'before\n<!-- figures: written by `npm run bench -- --pages` -->\n<!-- /figures -->\nafter\n')
  putFigures(file, 'old')
  putFigures(file, 'new')
  const text = readFileSync(file, 'utf8')
  t.match(text, /^before\n.*-->\n\nnew\n<!-- \/figures -->\nafter\n$/)
  writeFileSync(file, 'no marker')
  t.throws(() => putFigures(file, 'new'), /the marker .* is missing/)
})
