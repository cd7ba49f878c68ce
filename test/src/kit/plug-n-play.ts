import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const version = '4.18.1'

/** An app that yarn has installed with Plug'n'Play: its packages stay in their archives. */
export interface PlugNPlayApp {
  dir: string
  /** Runs `yarn node`, and returns its stdout. */
  node(args: readonly string[], env?: NodeJS.ProcessEnv): string
}

/** Logs to our sinks, which the app imports, and prints the number of workers at the end. */
export const plugNPlayApp = `
import { rankLogger } from 'pino-rank'
import 'pino-rank-file'
import 'pino-rank-split'
import 'pino-rank-stdout'
let workers = 0
process.on('worker', () => { workers += 1 })
const options = { path: 'train.log', rotate: { maxBytes: 1e6 }, runDirectory: 'runs', handleSignals: true }
const log = rankLogger({
  transport: { targets: [
    { target: 'pino-rank-file', options },
    { target: 'pino-rank-split', ranks: '0', options },
    { target: 'pino-rank-stdout', ranks: '0' },
  ] },
})
log.info('i')
log.error('e')
process.on('exit', () => console.log(workers + ' workers'))`

/**
 * Installs yarn in `dir`, and with it an app that depends on pino and on `packages`. Needs a package registry.
 *
 * @param packages the tarball of each package, by its name
 */
export function installPlugNPlay(dir: string, pino: string, packages: Record<string, string>): PlugNPlayApp {
  const run = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) =>
    execFileSync(command, args, {
      ...{ cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, ...env },
    })
  const tool = join(dir, 'yarn')
  const app = join(dir, 'app')
  for (const folder of [tool, app]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(tool, 'package.json'), '{ "private": true }')
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `@yarnpkg/cli-dist@${version}`], tool)
  const yarn = join(tool, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js')
  const resolutions = Object.fromEntries(Object.entries(packages).map(([name, file]) => [name, `file:${file}`]))
  const manifest = { name: 'app', type: 'module', dependencies: { pino, ...resolutions }, resolutions }
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(app, 'yarn.lock'), '') // so that yarn takes no parent folder for the project
  const registry = run('npm', ['config', 'get', 'registry'], app).trim()
  const settings = { nodeLinker: 'pnp', enableGlobalCache: false, enableTelemetry: false, npmRegistryServer: registry }
  writeFileSync(join(app, '.yarnrc.yml'), JSON.stringify(settings)) // JSON is YAML
  run(process.execPath, [yarn, 'install', '--no-immutable'], app)
  return { dir: app, node: (args, env) => run(process.execPath, [yarn, 'node', ...args], app, env) }
}
