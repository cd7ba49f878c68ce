import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { node } from '../../../dist/kit/start-process.js'
import { type App, fileName, run } from './app.ts'
import { entries } from './entries.ts'
import { type Row, runs, tool, type Untyped } from './row.ts'

/**
 * The rows of bundlers. A bundle runs in a folder without packages, after the folder of our packages is removed, which shows
 * that it is complete.
 */
export const bundlerRows: Row[] = [
  {
    name: 'esbuild with esbuild-plugin-pino',
    tools: 'bundlers',
    build(app, out) {
      const plugin = join(app.dir, 'node_modules/esbuild-plugin-pino') // it resolves the targets from its own folder
      cpSync(join(app.tools, 'node_modules/esbuild-plugin-pino'), plugin, { recursive: true })
      for (const { name } of entries) {
        const file = join(app.dir, `${fileName(name)}.mjs`)
        // The bundle resolves a relative `outdir` from the working directory in which it runs.
        run(
          process.execPath,
          ['--eval', buildWithPlugin, plugin, join(app.tools, 'node_modules/esbuild'), file, fileName(name)],
          out,
        )
      }
    },
    run: runs(({ name }, { dir }) => [...node, join(dir, fileName(name), 'app.js')]),
  },
  row('esbuild, CommonJS', 'app.cjs', (app, file, outdir) =>
    esbuild(app, { entryPoints: [file], outfile: join(outdir, 'app.cjs'), format: 'cjs' }),
  ),
  row('esbuild, ES module', 'app.mjs', (app, file, outdir) => {
    const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` // for pino
    return esbuild(app, {
      entryPoints: [file],
      outfile: join(outdir, 'app.mjs'),
      format: 'esm',
      banner: { js: banner },
    })
  }),
  row('webpack 5, production mode', 'app.cjs', (app, file, path) =>
    webpack(app, { context: app.dir, entry: file, output: { path, filename: 'app.cjs' } }),
  ),
  row('@vercel/ncc', 'index.mjs', (app, file, outdir) => {
    run(
      process.execPath,
      [join(app.tools, 'node_modules/@vercel/ncc/dist/ncc/cli.js'), 'build', file, '--out', outdir],
      app.dir,
    )
  }),
  row('Rollup', 'app.mjs', async (app, input, dir) => {
    const plugins = ['node-resolve', 'commonjs', 'json'].map((name) => {
      const plugin = tool(app, `@rollup/plugin-${name}`)
      return (plugin.default ?? plugin)({ preferBuiltins: true, exportConditions: ['node'] })
    })
    const bundle = await tool(app, 'rollup').rollup({ input, plugins, onwarn() {} })
    await bundle.write({ dir, format: 'esm', entryFileNames: 'app.mjs' })
  }),
]

const buildWithPlugin = `
const [plugin, esbuild, file, outdir] = process.argv.slice(1)
const { esbuildPluginPino } = require(plugin)
const plugins = [esbuildPluginPino({ transports: ['pino-rank-file', 'pino-rank-stdout'] })]
require(esbuild).build({ entryPoints: { app: file }, outdir, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', plugins })`

/** Returns a row whose bundle has all entries. */
function row(
  name: string,
  program: string,
  bundle: (app: App, file: string, outdir: string) => void | Promise<void>,
): Row {
  const build: Row['build'] = (app, out) => bundle(app, join(app.dir, 'all.imported.mjs'), out)
  return { name, tools: 'bundlers', build, run: runs((_, { dir }) => [...node, join(dir, program)]) }
}

async function esbuild(app: App, options: object): Promise<void> {
  const logOverride = { 'empty-import-meta': 'silent' }
  await tool(app, 'esbuild').build({ bundle: true, platform: 'node', logLevel: 'error', logOverride, ...options })
}

function webpack(app: App, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    tool(app, 'webpack')({ mode: 'production', target: 'node', ...options }, (error: Error | null, stats: Untyped) => {
      if (error) return reject(error)
      const faults: string[] = [...stats.toJson().errors, ...stats.toJson().warnings].map(({ message }) => message)
      const own = faults.filter((message) => stats.hasErrors() || /pino-rank/.test(message))
      return own.length > 0 ? reject(new Error(own.join('\n'))) : resolve()
    })
  })
}
