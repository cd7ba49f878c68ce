/**
 * Checks docs/commonjs.md with the packed packages in an empty folder: TypeScript compiles a CommonJS program that
 * imports every entry, Node 20 and 22 run it, and Jest loads every entry. Needs a package registry.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { planOf, type Step } from './documents/plan.ts'
import { check, expectEqual, report, run } from './kit/checks.ts'
import { entriesOf, jestTest, typeScriptApp, typeScriptRows } from './kit/commonjs-apps.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const packages = join(root, 'packages')
const entries = entriesOf(packages)
const work = mkdtempSync(join(tmpdir(), 'pino-rank-commonjs-'))
const versions = [...new Set(typeScriptRows.map(([version]) => version))]
const env = { NODE_OPTIONS: '' }

function write(path: string, text: string): void {
  mkdirSync(dirname(join(work, path)), { recursive: true })
  writeFileSync(join(work, path), text)
}

/** Installs the packages and the tools. Returns the Node binaries to test with: the one of this process, and Node 22. */
function install(): string[] {
  const folders = readdirSync(packages).map((name) => `./${name}`)
  run('npm', ['pack', '--pack-destination', work, ...folders], packages)
  write('package.json', '{ "name": "app", "private": true }')
  const tarballs = readdirSync(work).filter((file) => file.endsWith('.tgz'))
  const typeScripts = versions.map((version) => `typescript-${version}@npm:typescript@${version}`)
  const tools = ['jest@30', 'ts-jest@29', 'typescript@5.9', '@types/jest@30', '@types/node@20', ...typeScripts]
  const flags = ['--no-audit', '--no-fund', '--prefer-offline']
  run('npm', ['install', ...flags, 'pino@10.4.0', ...tools, ...tarballs.map((file) => join(work, file))], work)
  const print = ['-y', 'node@22', '-p', 'process.execPath']
  return [process.execPath, run('npx', print, work).trim()]
}

function compile(version: string, form: 'import' | 'require', options: Record<string, unknown>): void {
  const compilerOptions = { target: 'es2022', strict: true, types: ['node'], rootDir: '.', ...options }
  write('typescript/app.ts', typeScriptApp(entries, form))
  write('typescript/tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  run(process.execPath, [`../node_modules/typescript-${version}/bin/tsc`, '-p', '.'], join(work, 'typescript'), env)
}

/** Runs the compiled program, and checks its two lines: one through rankLogger and one through plain pino. */
function runApp(node: string): void {
  const dir = join(work, 'typescript')
  rmSync(join(dir, 'train.log'), { force: true })
  expectEqual(run(node, ['app.js'], dir, env), 'true\n')
  const lines = readFileSync(join(dir, 'train.log'), 'utf8').trim().split('\n')
  expectEqual(lines.map((line) => JSON.parse(line).msg).sort(), ['e', 'i'])
}

/** Writes the files of the page, and tests for its recipes for Jest. */
function writeFiles(steps: readonly Step[]): void {
  const programs = steps.filter(({ action }) => action === 'run')
  expectEqual(
    programs.map(({ name }) => name),
    ['train.cjs', 'jest-node-require.cjs', 'jest.config.cjs'],
  )
  for (const { name, text } of programs) write(name, text)
  const config = readFileSync(join(work, 'jest.config.cjs'), 'utf8')
  write('jest.ts.config.cjs', config.replace("'babel-jest'", "'ts-jest'"))
  const compilerOptions = { module: 'commonjs', target: 'es2022', esModuleInterop: true, strict: true }
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['tests/app.test.ts'] }))
  write('tests/app.test.js', jestTest(entries, 'cjs'))
  write('tests/app.test.ts', jestTest(entries, 'ts'))
  write('esm/package.json', '{ "type": "module", "jest": { "transform": {} } }')
  write('esm/app.test.js', jestTest(entries, 'esm'))
}

const jest = 'node_modules/jest/bin/jest.js'

try {
  const nodes = install()
  const nameOf = (node: string) => run(node, ['-p', '"Node " + process.versions.node.split(".")[0]'], work, env).trim()
  for (const [version, form, options] of typeScriptRows) {
    const name = `TypeScript ${version}, ${form}, ${JSON.stringify(options)}`
    check(name, () => compile(version, form, options))
    for (const node of nodes) check(`${nameOf(node)} runs the output of ${name}`, () => runApp(node))
  }
  const steps = planOf(readFileSync(join(root, 'docs/commonjs.md'), 'utf8'), {})
  writeFiles(steps)
  const jestCommand = steps.find(({ name }) => name.includes('npx jest'))?.text ?? 'false'
  for (const node of nodes) {
    const name = nameOf(node)
    check(`${name}: require()`, () => {
      run(node, ['train.cjs'], work, env)
      expectEqual(readFileSync(join(work, 'train.log'), 'utf8').includes('ready'), true)
    })
    for (const [what, args] of [
      ['Jest, CommonJS', [jest, 'app.test.js', '--roots', './tests']],
      ['Jest, ts-jest', [jest, '--config', 'jest.ts.config.cjs', 'app.test.ts']],
    ] as const) {
      check(`${name}: ${what}`, () => void run(node, [...args], work, env))
    }
    const path = [dirname(node), process.env.PATH].join(delimiter)
    check(`${name}: Jest, ES modules`, () => {
      run('bash', ['-c', jestCommand], join(work, 'esm'), { ...env, PATH: path })
    })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
report()
