import { execFileSync } from 'node:child_process'
import { cleanEnvironment, node } from '../../dist/kit/start-process.js'

const paths = new Map<string, string>()

/**
 * Returns a Node of a major version, as the first words of a command. npx downloads it once, from a package registry.
 *
 * @throws {Error} if it cannot be downloaded
 */
export function nodeOf(version: string, cwd: string): readonly string[] {
  if (process.versions.node.startsWith(`${version}.`)) return node
  const path = paths.get(version) ?? download(version, cwd)
  paths.set(version, path)
  return [...node.slice(0, -1), path]
}

function download(version: string, cwd: string): string {
  const options = ['--yes', '--package', `node@${version}`, 'node', '--print', 'process.execPath']
  return execFileSync('npx', options, {
    ...{ cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    env: cleanEnvironment(),
  }).trim()
}
