import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { node, runProcess } from '../kit/start-process.ts'
import { readCoverage } from './coverage.ts'

const module = `export function used(flag) {
  if (flag) return 'yes'
  return 'no'
}
export function unused() {
  return 'never'
}
`

t.test('readCoverage returns the parts of a module that a process of the test has executed', async (t) => {
  const dir = t.testdir({ src: { 'module.mjs': module } })
  const coverage = join(dir, 'coverage')
  mkdirSync(coverage)
  const path = join(dir, 'src/module.mjs')
  const executedBy = async (...flags: boolean[]) => {
    for (const flag of flags) {
      const code = `import { used } from ${JSON.stringify(path)}; used(${flag})`
      const run = await runProcess(t, [...node, '--input-type=module', '-e', code], {
        env: { NODE_V8_COVERAGE: coverage },
      })
      t.equal(run.code, 0, run.stderr)
    }
    writeFileSync(join(coverage, 'part.json'), '{"result":[') // the file of a killed process
    const executed = readCoverage(coverage, join(dir, 'src')).get(path)
    t.same(readdirSync(coverage), [], 'the files are removed')
    return ["'yes'", "'no'", "'never'"].filter((text) => executed?.[module.indexOf(text)])
  }
  t.same(await executedBy(true), ["'yes'"])
  t.same(await executedBy(false), ["'no'"])
  t.same(await executedBy(true, false), ["'yes'", "'no'"])
})
