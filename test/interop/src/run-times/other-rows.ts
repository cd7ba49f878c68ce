import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installPlugNPlay } from '../../../dist/kit/plug-n-play.js'
import { node } from '../../../dist/kit/start-process.js'
import { nodeOf } from '../node-version.ts'
import { type App, fileName, run, writePrograms } from './app.ts'
import { nextRows } from './next-rows.ts'
import { programIn } from './node-rows.ts'
import { type Row, runs } from './row.ts'

const pino = '10.4.0'
const bunPath = '@oven/bun-linux-x64/bin/bun'
const denoPath = '@deno/linux-x64-glibc/deno'

/** The rows of other Node versions, package managers, test runners, loaders and other run-times. */
export const otherRows: Row[] = [
  ...['22', '24'].map((version) => ofNode(`Node.js ${version}`, version)),
  {
    name: 'pnpm’s layout',
    tools: 'run-times',
    build: installPnpm,
    run: runs((entry, place) => [...node, programIn(place, entry, 'mjs')]),
  },
  plugNPlay('yarn’s Plug’n’Play, Node.js 20', '20'),
  plugNPlay('yarn’s Plug’n’Play, Node.js 22', '22'),
  ...nextRows,
  {
    name: 'tsx',
    tools: 'run-times',
    run: runs((entry, place) => [...node, bin(place.app, 'tsx/dist/cli.mjs'), programIn(place, entry, 'mts')]),
  },
  {
    name: 'Jest',
    tools: 'run-times',
    run: runs((entry, { app, dir }) => [
      ...[...node, '--experimental-vm-modules', '--no-warnings', bin(app, 'jest/bin/jest.js'), '--rootDir', dir],
      ...['--config', '{ "testMatch": ["**/*.test.mjs"], "transform": {} }', `/${fileName(entry.name)}.jest.test.mjs`],
    ]),
  },
  {
    name: 'Vitest',
    tools: 'run-times',
    run: runs((entry, { app, dir }) => [
      ...[...node, bin(app, 'vitest/vitest.mjs'), 'run', '--root', dir, `${fileName(entry.name)}.vitest.test.mjs`],
    ]),
  },
  {
    name: 'Bun',
    tools: 'run-times',
    needs: bunPath,
    run: runs((entry, place) => [bun(place.app), programIn(place, entry, 'mjs')]),
  },
  {
    name: '`bun build`',
    tools: 'run-times',
    needs: bunPath,
    build(app, out) {
      const options = ['--target', 'bun', '--outdir', out, '--entry-naming', 'app.mjs']
      run(bun(app), ['build', ...options, join(app.dir, 'all.imported.mjs')], app.dir)
    },
    run: runs((_, { app, dir }) => [bun(app), join(dir, 'app.mjs')]),
  },
  {
    name: 'Deno',
    tools: 'run-times',
    needs: denoPath,
    async run(owner, entry, place) {
      const command = [bin(place.app, denoPath), 'run', '--allow-all', '--node-modules-dir=manual', '--no-lock']
      const env = { DENO_DIR: join(place.log, 'deno'), DENO_NO_UPDATE_CHECK: '1' }
      return await runs((entry) => [...command, programIn(place, entry, 'mjs')], env)(owner, entry, place)
    },
  },
]

function ofNode(name: string, version: string): Row {
  return {
    name,
    tools: 'run-times',
    run: runs((entry, place) => [...nodeOf(version, place.app.tools), programIn(place, entry, 'mjs')]),
  }
}

function plugNPlay(name: string, version: string): Row {
  return {
    name,
    tools: 'run-times',
    build(app, out) {
      const { dir } = installPlugNPlay(out, pino, app.tarballs)
      writePrograms(dir)
    },
    run: runs((entry, { app, dir }) => [
      ...nodeOf(version, app.tools),
      ...[join(dir, 'yarn/node_modules/@yarnpkg/cli-dist/bin/yarn.js'), '--cwd', join(dir, 'app'), 'node'],
      `${fileName(entry.name)}.imported.mjs`,
    ]),
  }
}

function installPnpm(app: App, out: string): void {
  const files = Object.fromEntries(Object.entries(app.tarballs).map(([name, file]) => [name, `file:${file}`]))
  const manifest = { private: true, dependencies: { pino, ...files }, pnpm: { overrides: files } }
  writeFileSync(join(out, 'package.json'), JSON.stringify(manifest))
  const registry = run('npm', ['config', 'get', 'registry'], out).trim()
  writeFileSync(join(out, '.npmrc'), `registry=${registry}\nstore-dir=${join(app.tools, 'pnpm-store')}\n`)
  run(process.execPath, [bin(app, 'pnpm/bin/pnpm.cjs'), 'install', '--ignore-workspace'], out)
  writePrograms(out)
}

/** Returns the path of a file of a tool. */
function bin({ tools }: App, path: string): string {
  return join(tools, 'node_modules', path)
}

function bun(app: App): string {
  return bin(app, bunPath)
}
