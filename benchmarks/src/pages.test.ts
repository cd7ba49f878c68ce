import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { writeReport } from '../../packages/ranklog-bench/dist/report/index.js'
import { Figures, headlines } from './headlines.ts'
import { loadTracked, readmeOf, renderHeadline, renderPage, trackedFile } from './pages.ts'
import { benchmarkNames } from './questions.ts'
import { loadSuite, renderAnswer, rootReadme, suiteFigures } from './suite-pages.ts'
import { suiteName } from './users-suite.ts'

const readme = fileURLToPath(new URL('../README.md', import.meta.url))
const advice = 'run `npm run bench -- --pages`'

t.test('each page in results is what its JSON file gives', async (t) => {
  const reports = loadTracked()
  for (const report of reports)
    t.equal(
      readFileSync(trackedFile(report.benchmark, 'md'), 'utf8'),
      renderPage(report),
      `${report.benchmark}: ${advice}`,
    )
  const names = readdirSync(dirname(trackedFile('', 'md')))
  t.same(
    names.sort(),
    [suiteName, ...reports.flatMap(({ benchmark }) => [`${benchmark}.json`, `${benchmark}.md`])].sort(),
    'no page without figures',
  )
})

t.test('the report of ranklog-bench, and its part of the root README, are what its figures give', async (t) => {
  const result = loadSuite()
  if (!result) return t.fail('no tracked figures')
  const names = await writeReport(result, t.testdir())
  for (const file of names.filter((file) => !/html|png$/.test(file)))
    t.equal(readFileSync(join(dirname(suiteFigures), basename(file)), 'utf8'), readFileSync(file, 'utf8'), advice)
  t.match(readFileSync(rootReadme, 'utf8'), `-->\n\n${renderAnswer(result)}\n<!-- /figures -->`, advice)
})

t.test('the headlines of packages are what the JSON files give, in at most five lines', async (t) => {
  const reports = loadTracked()
  for (const folder of Object.keys(headlines)) {
    const headline = renderHeadline(folder, reports)
    t.match(readFileSync(readmeOf(folder), 'utf8'), `-->\n\n${headline}\n<!-- /figures -->`, `${folder}: ${advice}`)
    t.match(headline, /\d/, 'has figures')
    t.ok(headline.split('\n').length <= 5, headline)
  }
})

t.test('a package whose rivals were not measured names none', async (t) => {
  const [merge] = loadTracked().filter(({ benchmark }) => benchmark === 'merge')
  if (!merge) return t.fail('no tracked figures of merge')
  const few = { ...merge, tables: merge.tables.slice(0, 1) }
  const text = renderHeadline('pino-rank-merge', [few])
  t.match(text, 'sort -m')
  t.notMatch(text, /duckdb|undefined|–/)
  t.match(renderHeadline('ranklog', []), /^Figures: \[run\]/)
  t.equal(new Figures([]).row('merge', /./, {}), undefined)
})

t.test('every link of the README and the pages has a target', async (t) => {
  const pages = benchmarkNames.map((name) => trackedFile(name, 'md')).filter((file) => existsSync(file))
  for (const file of [readme, ...pages, ...Object.keys(headlines).map(readmeOf)]) {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)]
    for (const [, path = '', anchor] of links) {
      const target = join(dirname(file), path)
      t.ok(existsSync(target), `${file}: ${path}`)
      if (anchor && target.endsWith('.md')) t.ok(anchorsOf(target).includes(anchor), `${file}: ${path}${anchor}`)
    }
  }
})

t.test('the README names each benchmark with its page, and is short', async (t) => {
  const text = readFileSync(readme, 'utf8')
  for (const name of [suiteName, ...benchmarkNames]) t.match(text, `npm run bench -- ${name}`, name)
  for (const { benchmark } of loadTracked()) t.match(text, `(results/${benchmark}.md)`, benchmark)
  t.ok(text.split('\n').length < 120)
})

/** Returns the anchors that GitHub makes for the headings of a file. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(
    ([, text = '']) =>
      `#${text
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`,
  )
}
