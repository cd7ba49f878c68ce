// Builds the addon of tfjs-node or tfjs-node-gpu against the TensorFlow of PyPI, for computers that cannot download the addon that the
// package's own install script gets. Linux x86-64 only. It computes on the CPU.
// Usage: `node dist/native/setup-tfjs-native.js [--package tfjs-node] [--dir .]`
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { unpackTensorFlow, wheel } from './tensorflow-wheel.ts'

const packages = ['tfjs-node', 'tfjs-node-gpu']

/** The version of Node-API of the addon: the newest that the packages look for. */
const napiVersion = 8

/** The headers of Node-API. */
const headers = 'node-api-headers@1.5.0'

/** What each program is needed for, and the Debian package that has it. */
const programs = [
  { command: ['npm', '--version'], what: 'npm', debian: 'npm' },
  { command: ['python3', '--version'], what: 'python3', debian: 'python3' },
  { command: ['python3', '-m', 'pip', '--version'], what: 'pip for python3', debian: 'python3-pip' },
  { command: ['g++', '--version'], what: 'g++', debian: 'g++' },
]

function say(text: string): void {
  process.stdout.write(`setup:tfjs-native: ${text}\n`)
}

/** @throws {Error} that names all that is missing */
function checkComputer(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `it needs Linux on x86-64, not ${process.platform} on ${process.arch}. Try: npm install @tensorflow/tfjs-node`,
    )
  const missing = programs.filter(({ command: [name = '', ...args] }) => spawnSync(name, args).status !== 0)
  if (missing.length === 0) return
  const names = missing.map(({ what }) => what).join(', ')
  throw new Error(`${names} missing. On Debian: apt-get install ${missing.map(({ debian }) => debian).join(' ')}`)
}

/** Runs a program. @throws {Error} with the end of its stderr if it fails */
function run(what: string, [name = '', ...args]: readonly string[], cwd: string): string {
  try {
    return execFileSync(name, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 })
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw new Error(`${what} failed: ${stderr.trim().slice(-2000) || message}`)
  }
}

/** Installs packages, also those that the folder's package.json has as optional peers, which npm otherwise leaves out. */
function npmInstall(folder: string, names: readonly string[]): void {
  const flags = [
    '--ignore-scripts',
    '--no-save',
    '--save-prod',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]
  run('npm install', ['npm', 'install', ...flags, ...names], folder)
}

/** Installs the package without its install script, unless it is there. Returns its folder. */
function installPackage(folder: string, name: string): string {
  const { version } = createRequire(import.meta.url)('@tensorflow/tfjs/package.json')
  const installed = join(folder, 'node_modules/@tensorflow', name)
  const manifest = join(installed, 'package.json')
  const found = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined
  if (found !== version) {
    mkdirSync(folder, { recursive: true })
    if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    npmInstall(folder, [`@tensorflow/${name}@${version}`])
  }
  say(`@tensorflow/${name}@${version} is in ${installed}`)
  return installed
}

/** Compiles the addon from the sources in the package. */
function buildAddon(folder: string, temporary: string): void {
  writeFileSync(join(temporary, 'package.json'), '{ "private": true }')
  npmInstall(temporary, [headers])
  const addon = join(folder, `lib/napi-v${napiVersion}/tfjs_binding.node`)
  mkdirSync(dirname(addon), { recursive: true })
  const defines = [`NAPI_VERSION=${napiVersion}`, 'NODE_GYP_MODULE_NAME=tfjs_binding', 'BUILDING_NODE_EXTENSION']
  const includes = ['.', 'deps/include', join(temporary, 'node_modules/node-api-headers/include')]
  run(
    'g++',
    [
      ...['g++', '-std=c++17', '-O2', '-fPIC', '-shared'],
      ...defines.map((define) => `-D${define}`),
      ...includes.map((include) => `-I${include}`),
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', addon],
      ...['-Ldeps/lib', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-ltensorflow', '-ltensorflow_framework'],
    ],
    folder,
  )
  say(`built ${addon}`)
}

/** Computes gradients with the addon, in a process of its own. */
function checkAddon(folder: string): void {
  const program = fileURLToPath(new URL('check-addon.js', import.meta.url))
  say(run('the addon', [process.execPath, program, folder], folder).trim())
}

/** @throws {Error} that says what is missing or has failed */
function setUp(folder: string, name: string): void {
  if (!packages.includes(name)) throw new Error(`--package must be ${packages.join(' or ')}, not ${name}`)
  checkComputer()
  const temporary = mkdtempSync(join(tmpdir(), 'tfjs-native-'))
  try {
    const installed = installPackage(folder, name)
    const isNew = unpackTensorFlow(join(installed, 'deps'), temporary, (command) => run('pip', command, temporary))
    say(`${wheel.name} ${wheel.version} ${isNew ? 'is' : 'was'} unpacked into ${join(installed, 'deps')}`)
    buildAddon(installed, temporary)
    checkAddon(installed)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

try {
  const options = { package: { type: 'string', default: 'tfjs-node' }, dir: { type: 'string', default: '.' } } as const
  const { values } = parseArgs({ options })
  setUp(resolve(values.dir), values.package.replace('@tensorflow/', ''))
} catch (error) {
  process.stderr.write(`setup:tfjs-native: ${(error as Error).message}\n`)
  process.exitCode = 1
}
