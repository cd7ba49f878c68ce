import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * Installs a peer from npm, with the development dependencies that its tests import. Each version is installed once: it stays
 * in a folder of this user below the temporary folder.
 *
 * @returns the folder `node_modules` that has the peer
 * @throws {Error} of npm, e.g. without a registry
 */
export function installPeer(peer: string, version: string): string {
  const root = join(tmpdir(), `rank-aware-logging-peers-${userInfo().uid}`, `${peer}-${version}`)
  const modules = join(root, 'node_modules')
  const complete = join(root, 'complete')
  if (existsSync(complete)) return modules
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true, mode: 0o700 })
  writeFileSync(join(root, 'package.json'), '{ "private": true }')
  npmInstall(root, [`${peer}@${version}`])
  npmInstall(root, testDependencies(join(modules, peer)))
  writeFileSync(complete, '')
  return modules
}

function npmInstall(root: string, packages: string[]): void {
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error']
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: root, stdio: 'inherit' })
}

/** Returns the development dependencies that a test file names, as `name@range`. */
function testDependencies(folder: string): string[] {
  const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const tests = testFiles(folder)
    .map((file) => readFileSync(join(folder, 'test', file), 'utf8'))
    .join('\n')
  return Object.entries(devDependencies)
    .filter(([name]) => tests.includes(`'${name}'`) || tests.includes(`'${name}/`))
    .map(([name, range]) => `${name}@${range}`)
}

/** Returns the files in the folder `test` of a package, as paths with `/`. */
export function testFiles(folder: string): string[] {
  const tests = join(folder, 'test')
  return readdirSync(tests, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(tests.length + 1))
    .sort()
}
