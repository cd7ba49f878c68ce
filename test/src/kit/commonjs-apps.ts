/** TypeScript programs and Jest tests that use every entry of every package, for verify-commonjs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A module that a package exports. */
export interface Entry {
  /** For example `pino-rank/sink`. */
  name: string
  /** True: its default export is a target of pino. */
  isTarget: boolean
}

/** Returns the entries of all packages in the folder `packages`. */
export function entriesOf(packages: string): Entry[] {
  return readdirSync(packages).flatMap((name) => {
    const { exports, rankSink } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    return Object.keys(exports).map((path) => ({
      name: join(name, path),
      isTarget: path === '.' && rankSink !== undefined && name !== 'pino-rank',
    }))
  })
}

/** The part of a program that logs to a file, and that does not compile if an export has the type `any`. */
const typed = `
type IsAny<Type> = 0 extends 1 & Type ? true : false
type AnyKeys<Module> = { [Key in keyof Module]: IsAny<Module[Key]> extends true ? Key : never }[keyof Module]
type IsTyped<Module> = IsAny<Module> extends true ? false : [AnyKeys<Module>] extends [never] ? true : false

const log: pino.Logger = rankLogger({
  rank: { rank: 0, worldSize: 1, launcher: 'test' },
  transport: { targets: [{ target: 'pino-rank-file', options: { path: 'train.log' } }] },
})
log.info('i')
const stream = fileStream({ path: 'train.log' })
pino(gate({ ranks: '*' }), stream).error('e')
stream.end()
const target: (options?: FileOptions) => unknown = fileTarget
// @ts-expect-error: a rank set is a text or numbers
void (() => rankLogger({ ranks: {} }))
`

/** Returns a TypeScript module that imports every entry: by `import * as x from`, or by `import x = require()`. */
export function typeScriptApp(entries: readonly Entry[], form: 'import' | 'require'): string {
  const star = ({ name }: Entry, at: number) =>
    form === 'import' ? `import * as m${at} from '${name}'` : `import m${at} = require('${name}')`
  const named =
    form === 'import'
      ? [
          "import pino from 'pino'",
          "import { gate, rankLogger } from 'pino-rank'",
          "import fileTarget, { type FileOptions, fileStream } from 'pino-rank-file'",
        ]
      : [
          "import pino = require('pino')",
          "import core = require('pino-rank')",
          "import file = require('pino-rank-file')",
          'const { gate, rankLogger } = core, { fileStream, default: fileTarget } = file',
          'type FileOptions = import("pino-rank-file", { with: { "resolution-mode": "require" } }).FileOptions',
        ]
  const checks = entries.map((_, at) => `const t${at}: IsTyped<typeof m${at}> = true`)
  const targets = entries.flatMap(({ isTarget }, at) => (isTarget ? [`m${at}.default`] : []))
  const found = `console.log([${targets.join(', ')}, target].every((target) => typeof target === 'function'))`
  return [
    ...entries.map(star),
    ...named,
    typed,
    ...checks,
    found,
    `void [${checks.map((_, at) => `t${at}`)}]`,
    '',
  ].join('\n')
}

/** The compiler options to check, each with a version of TypeScript. */
export const typeScriptRows: readonly (readonly [version: string, 'import' | 'require', Record<string, unknown>])[] = [
  ['5.9', 'import', { module: 'node16' }],
  ['5.9', 'import', { module: 'node18' }],
  ['5.9', 'import', { module: 'commonjs', esModuleInterop: true }],
  ['5.9', 'import', { module: 'commonjs', esModuleInterop: false, skipLibCheck: true }],
  ['6.0', 'import', { module: 'node16' }],
  ['6.0', 'import', { module: 'commonjs' }],
  ['6.0', 'import', { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
  ['6.0', 'require', { module: 'nodenext' }],
  ['6.0', 'require', { module: 'preserve', moduleResolution: 'bundler' }],
  ['7.0', 'import', { module: 'node16' }],
  ['7.0', 'import', { module: 'commonjs' }],
]

/** Returns a Jest test, in one of three forms, that loads every entry, logs and starts a collector. */
export function jestTest(entries: readonly Entry[], form: 'esm' | 'cjs' | 'ts'): string {
  const load = (variable: string, name: string) =>
    form === 'cjs' ? `const ${variable} = require('${name}')` : `import * as ${variable} from '${name}'`
  return [
    load('fs', 'node:fs'),
    ...entries.map(({ name }, at) => load(`m${at}`, name)),
    load('core', 'pino-rank'),
    load('stdout', 'pino-rank-stdout/collector'),
    `
test('every entry is loaded, and the logger writes', async () => {
  expect([${entries.map((_, at) => `m${at}`)}].filter((entry) => typeof entry !== 'object')).toEqual([])
  const targets: unknown[] = [${entries.flatMap(({ isTarget }, at) => (isTarget ? [`m${at}.default`] : []))}]
  expect(targets.filter((target) => typeof target !== 'function')).toEqual([])
  const rank = { rank: 1, worldSize: 2, launcher: 'test' }
  fs.rmSync('jest-${form}.log', { force: true })
  const log = core.rankLogger({ rank, transport: { target: 'pino-rank-file', options: { path: 'jest-${form}.log' } } })
  log.info('not on rank 1')
  log.error('e')
  expect(fs.readFileSync('jest-${form}.log', 'utf8')).toMatch(/^\\{.*"rank":1,"msg":"e"\\}\\n$/)
  expect(() => core.rankLogger({ ranks: '' })).toThrow(/^pino-rank: option "ranks": expected /)
  const collector = await stdout.startCollector()
  await collector.close()
})
`.replace(form === 'ts' ? '' : ': unknown[]', ''),
  ].join('\n')
}
