/**
 * The packages as users get them: packed, installed in an empty folder beside pino 9 and pino 10, used from ESM and
 * CommonJS with a target that only the app has; then publint and attw on each. Needs a package registry.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const names = ['pino-rank', 'pino-rank-file', 'pino-rank-split', 'pino-rank-stdout']
const work = mkdtempSync(join(tmpdir(), 'pino-rank-packed-'))
const failures: string[] = []
let passed = 0

function check(what: string, verify: () => void): void {
  try {
    verify()
    passed += 1
    console.log(`ok - ${what}`)
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string }
    failures.push(what)
    console.log(`not ok - ${what}\n${message}\n${stdout}${stderr}`)
  }
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function expectEqual(actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== e) throw new Error(`expected ${e}\nreceived ${a}`)
}

/** A target as an app may have it: one line of text a record. */
const appTarget = `
const { Writable } = require('node:stream')
const { appendFileSync } = require('node:fs')
module.exports = ({ to }) => new Writable({ write(chunk, _, done) { appendFileSync(to, chunk); done() } })`

const app = `
const log = rankLogger({
  transport: { targets: [
    { target: 'pino-rank-file', options: { path: 'train.log' } },
    { target: 'app-target', options: { to: 'app.log' } },
  ] },
})
log.info('i')
log.error('e')`

function install(pino: string): string {
  const dir = join(work, `pino-${pino}`)
  mkdirSync(join(dir, 'app-target'), { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{ "name": "app", "private": true }')
  writeFileSync(join(dir, 'app-target/package.json'), '{ "name": "app-target", "version": "1.0.0" }')
  writeFileSync(join(dir, 'app-target/index.js'), appTarget)
  const tarballs = readdirSync(work).filter((file) => file.endsWith('.tgz'))
  const packed = tarballs.map((file) => join(work, file))
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `pino@${pino}`, './app-target', ...packed], dir)
  return dir
}

function readRecords(file: string): string[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines
    .map((line) => JSON.parse(line))
    .map(({ rank, msg }) => `${rank} ${msg}`)
    .sort()
}

try {
  for (const name of names) run('npm', ['pack', '--pack-destination', work], join(root, 'packages', name))
  for (const pino of ['9.14.0', '10.4.0']) {
    const dir = install(pino)
    writeFileSync(join(dir, 'app.mjs'), `import { rankLogger } from 'pino-rank'\n${app}`)
    writeFileSync(join(dir, 'app.cjs'), `const { rankLogger } = require('pino-rank')\n${app}`)
    for (const script of ['app.mjs', 'app.cjs']) {
      check(`${script} with pino ${pino}: rank 0's lines and rank 1's error in both targets`, () => {
        const at = join(dir, `run-${script}`)
        mkdirSync(at)
        const noise = ['0', '1'].map((RANK) => run('node', [join(dir, script)], at, { RANK, WORLD_SIZE: '2' }))
        expectEqual(noise, ['', ''])
        for (const file of ['train.log', 'app.log']) expectEqual(readRecords(join(at, file)), ['0 e', '0 i', '1 e'])
      })
    }
  }
  for (const name of names) {
    const dir = join(root, 'packages', name)
    check(`publint ${name}`, () => run('npx', ['publint', '--strict'], dir))
    check(`attw ${name}`, () => run('npx', ['attw', '--pack', '.', '--profile', 'esm-only'], dir))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
