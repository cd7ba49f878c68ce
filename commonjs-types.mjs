// Writes types for CommonJS: a copy of each x.d.ts as x.d.cts, which imports other .d.cts files. TypeScript takes a .d.ts of our
// packages for an ES module. With `module: node16` it rejects the import of an ES module from CommonJS, although Node's require()
// loads it. `npm run build` runs this after `tsc -b`.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const isTest = /\.test(-kit)?\.d\.c?ts$/

for (const name of readdirSync('packages')) {
  const folder = join('packages', name)
  const files = readdirSync(join(folder, 'dist'), { recursive: true }).map((file) => join(folder, 'dist', file))
  for (const file of files.filter((file) => file.endsWith('.d.cts'))) {
    if (!existsSync(file.replace(/\.cts$/, '.ts'))) rmSync(file)
  }
  for (const file of files.filter((file) => file.endsWith('.d.ts') && !isTest.test(file))) {
    const types = readFileSync(file, 'utf8').replace(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.cts$1')
    const target = file.replace(/\.ts$/, '.cts')
    if (!existsSync(target) || readFileSync(target, 'utf8') !== types) writeFileSync(target, types)
  }
  checkExports(name, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
}

/** Checks that package.json names the types for CommonJS of each entry, also for a TypeScript that does not read `exports`. */
function checkExports(name, { exports, main, types, typesVersions = { '*': {} } }) {
  const expected = {}
  for (const [entry, { require, types, default: file }] of Object.entries(exports)) {
    const commonJs = { types: types.replace(/\.ts$/, '.cts'), default: file }
    if (JSON.stringify(require) !== JSON.stringify(commonJs))
      throw new Error(`${name}: exports["${entry}"].require must be ${JSON.stringify(commonJs)} in package.json`)
    if (entry !== '.') expected[entry.slice(2)] = [commonJs.types]
  }
  const { require } = exports['.']
  if (main !== require.default || types !== require.types)
    throw new Error(`${name}: main and types must be ${JSON.stringify(require)} in package.json`)
  if (JSON.stringify(typesVersions['*']) !== JSON.stringify(expected))
    throw new Error(`${name}: typesVersions["*"] must be ${JSON.stringify(expected)} in package.json`)
}
