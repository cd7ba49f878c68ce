// Writes modules that import many test files each. `npm run build` runs this after `tsc -b`. `npm test` runs these modules, because to
// start a process for each test file takes longer than most of them run.
//
// A test that depends on the state of its whole process is in a file *.own-process.test.ts. These files and the conformance suites,
// which take long, are not joined (see `include` in .taprc).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const runsAlone = /[.](own-process|conformance)[.]test[.]ts$/

/** Writes the modules of a folder: one, or several that run at the same time. */
function joinTests(folder, count = 1) {
  const sources = readdirSync(join(folder, 'src'), { recursive: true })
  const files = sources.filter((path) => path.endsWith('.test.ts') && !runsAlone.test(path)).sort()
  for (let part = 0; part < count; part++) {
    const joined = files.filter((_, at) => at % count === part)
    const text = joined.map((path) => `import './${path.replace(/\.ts$/, '.js')}'\n`).join('')
    const target = join(folder, `dist/joined-tests-${part + 1}.js`)
    if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text)
  }
}

for (const name of readdirSync('packages')) joinTests(join('packages', name))
joinTests('benchmarks')
joinTests('examples/own-transport')
joinTests('examples/ddp-trainer', 2)
joinTests('test', 12)
