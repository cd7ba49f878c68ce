import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment } from '../../../dist/kit/start-process.js'
import { cacheFolder } from '../cache-folder.ts'
import { entries, lateWrites, programOf, programOfAll } from './entries.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** The packages of ours that the programs use. */
const ours = ['pino-rank', 'pino-rank-lines', 'pino-rank-merge', 'pino-rank-file', 'pino-rank-stdout']

/** An app with our packed packages, in a folder below the folder of its tools. */
export interface App {
  /**
   * The folder of the app. It has `node_modules` with our packages, and the programs ENTRY.mjs and ENTRY.cjs. The programs
   * ENTRY.imported.mjs and ENTRY.imported.cjs also import the sink.
   */
  dir: string
  /** The parent folder, in which the tools are installed, so that modules of the app find them. */
  tools: string
  /** A hash of the tools, our packages and the programs. */
  hash: string
  /** The tarballs of our packages, by name. */
  tarballs: Record<string, string>
}

/** Runs a command, and returns its stdout. @throws {Error} with its output if it fails */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    return execFileSync(command, args, {
      ...{ cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 },
      env: { ...cleanEnvironment(), ...env },
    })
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout: string; stderr: string; message: string }
    throw new Error(`${message}\n${stdout}\n${stderr}`.slice(0, 6000))
  }
}

/**
 * Installs the tools of `test/interop/run-times/NAME/package-lock.json`, unless an earlier run has, and creates an app below
 * them. The installation needs a package registry.
 */
export function makeApp(name: string, packed: Packed): App {
  const manifests = fileURLToPath(new URL(`../../run-times/${name}/`, import.meta.url))
  const lock = readFileSync(join(manifests, 'package-lock.json'))
  const tools = join(cacheFolder(), `${name}-${hashOf(lock)}`)
  if (!existsSync(tools)) {
    const fresh = mkdtempSync(`${tools}-`)
    try {
      for (const file of ['package.json', 'package-lock.json']) cpSync(join(manifests, file), join(fresh, file))
      run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], fresh)
      renameSync(fresh, tools)
    } finally {
      rmSync(fresh, { recursive: true, force: true })
    }
  }
  const dir = mkdtempSync(join(tools, 'app-'))
  for (const [name, tarball] of Object.entries(packed.tarballs)) {
    const folder = join(dir, 'node_modules', name)
    mkdirSync(folder, { recursive: true })
    run('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder], dir)
  }
  writeFileSync(join(dir, 'package.json'), '{ "private": true }')
  const programs = writePrograms(dir)
  return { dir, tools, hash: hashOf(lock, packed.hash, programs), tarballs: packed.tarballs }
}

/** Writes the programs of all entries into a folder. Returns their text. */
export function writePrograms(dir: string): string {
  const files: Record<string, string> = {
    'late-writes.cjs': lateWrites,
    'all.imported.mjs': programOfAll(),
  }
  for (const entry of entries) {
    const name = fileName(entry.name)
    const test = `import './${name}.mjs'\ntest('logs', () => globalThis.finished, 60_000)\n`
    files[`${name}.mts`] = programOf(entry, false).mjs
    files[`${name}.jest.test.mjs`] = test
    files[`${name}.vitest.test.mjs`] = `import { test } from 'vitest'\n${test}`
    for (const imported of [false, true]) {
      for (const [form, text] of Object.entries(programOf(entry, imported))) {
        files[`${name}${imported ? '.imported' : ''}.${form}`] = text
      }
    }
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return JSON.stringify(files)
}

/** Returns the name of an entry for use in file names. */
export function fileName(entry: string): string {
  return entry.replaceAll(' ', '-')
}

/** Our packages, packed. */
export interface Packed {
  tarballs: Record<string, string>
  hash: string
}

/** Packs our packages into a folder. */
export function packAll(dir: string): Packed {
  const found = ours.map((name) => {
    run('npm', ['pack', '--pack-destination', dir], join(root, 'packages', name))
    const file = readdirSync(dir).find((file) => /^\D*/.exec(file)?.[0] === `${name}-`) as string
    return [name, join(dir, file)] as const
  })
  return { tarballs: Object.fromEntries(found), hash: hashOf(...ours.flatMap(codeOf)) }
}

/** Returns the content of the files of a package that a bundler reads. */
function codeOf(name: string): Buffer[] {
  const folder = join(root, 'packages', name)
  const code = readdirSync(join(folder, 'dist/bundle')).filter((file) => file.endsWith('.js'))
  return ['package.json', ...code.map((file) => join('dist/bundle', file))].map((file) =>
    readFileSync(join(folder, file)),
  )
}

/** Returns the folder for the build of a row from this app. */
export function buildFolder(row: string, { hash }: App): string {
  const builds = join(cacheFolder(), 'builds')
  mkdirSync(builds, { recursive: true })
  return join(builds, `${row.replace(/\W+/g, '-')}-${hash}`)
}

/** Removes all builds that are not of these apps. */
export function removeOldBuilds(apps: readonly App[]): void {
  const builds = join(cacheFolder(), 'builds')
  if (!existsSync(builds)) return
  for (const name of readdirSync(builds)) {
    if (!apps.some(({ hash }) => name.endsWith(hash))) rmSync(join(builds, name), { recursive: true, force: true })
  }
}

function hashOf(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 16)
}
