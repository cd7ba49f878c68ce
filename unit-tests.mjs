// Writes dist/unit-tests.js of each package, a module that imports the package's unit tests. `npm run build` runs this after
// `tsc -b`. `npm test` runs these modules, because to start a process for each test file takes longer than most of them run.
//
// A test that depends on the state of its whole process is in a file *.own-process.test.ts, which `npm test` runs separately.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

for (const name of readdirSync('packages')) {
  const folder = join('packages', name)
  const sources = readdirSync(join(folder, 'src'), { recursive: true }).filter((path) => path.endsWith('.test.ts'))
  const joined = sources.filter((path) => !path.endsWith('.own-process.test.ts')).sort()
  const text = joined.map((path) => `import './${path.replace(/\.ts$/, '.js')}'\n`).join('')
  const target = join(folder, 'dist/unit-tests.js')
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text)
}
