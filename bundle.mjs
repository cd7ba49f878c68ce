// Bundles the modules of each package into a few files in dist/bundle. Each module costs a rank memory and time at its start, and a
// job has many ranks.
//
// The entries of a bundle are:
// - the files that `exports` of the package.json names; the source of an entry is found by the path of its types
// - the modules in `bundle.modules`, which the code loads by name when it needs them
// - a sink's rank.ts
//
// The other fields of `bundle` in a package.json:
// - `separate` lists entries that share no file with the other entries, because they are loaded without these. rank.ts is always one.
// - `inline` lists entries of our other packages whose code is copied into the bundle, as far as it is used. Such a package is a
//   dependency only if our types refer to it.
// - `threads` maps a module that contains the code of a thread as text to the source of that thread. See thread-text.mjs.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { threadTexts } from './thread-text.mjs'

/**
 * The entries of other packages that a rank loads although it is gated out, to check options and to write its errors. Their code is
 * copied into the sink's rank.js, because such a rank loads no other module of a sink.
 */
const gatedSources = Object.fromEntries(
  [
    'pino-rank/process',
    'pino-rank-file/append',
    'pino-rank-lines',
    'pino-rank-lines/system',
    'pino-rank-metrics/options',
  ].map((entry) => [entry, inlined(entry)]),
)

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
}

/**
 * Returns a plugin that replaces each import from a room's index.ts, or from an inlined entry, by imports from the files that define
 * the names. Otherwise an entry that uses one file of a room would load all of its files.
 */
function roomFiles(alias) {
  const withDirectImports = (path) =>
    readFileSync(path, 'utf8').replace(
      /^(import|export) \{([^}]*)\} from '([^']+)'$/gm,
      (statement, keyword, names, source) => {
        const index = source.endsWith('/index.ts') ? resolve(dirname(path), source) : alias[source]
        if (index === undefined) return statement
        const files = filesOfExports(index)
        const imports = namesIn(names).map((name) => {
          const file = files.get(name.replace(/^type | as .*$/g, '')) ?? index
          return `${keyword} { ${name} } from './${relative(dirname(path), file)}'`
        })
        return imports.join('; ') + statement.replace(/[^\n]/g, '') // the number of lines stays the same, for the source map
      },
    )
  return {
    name: 'room-files',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({ contents: withDirectImports(path), loader: 'ts' }))
    },
  }
}

/**
 * A plugin that replaces imports of Node's built-in modules by `process.getBuiltinModule`, because an import costs a gated rank
 * memory: for each imported built-in module, V8 creates an ES module with all of its exports, and that of node:fs loads Node's file
 * streams. A statement stays on its lines, for the source map.
 */
const builtinModules = {
  name: 'builtin-modules',
  setup({ initialOptions, onEnd }) {
    onEnd(() => {
      for (const file of readdirSync(initialOptions.outdir)) {
        if (!file.endsWith('.js')) continue
        const path = join(initialOptions.outdir, file)
        const code = readFileSync(path, 'utf8')
        writeFileSync(path, withBuiltins(code))
      }
    })
  },
}

/**
 * Functions that programs declare in the banner of their own bundle, to define `require`, `__filename` and `__dirname` in an ES module.
 * A bundler does not see the banner's names, so our names must be different.
 */
const bannerNames = ['createRequire', 'dirname', 'fileURLToPath']

function withBuiltins(code) {
  const calls = new RegExp(`(?<![.\\w$])(${bannerNames.join('|')})(?=\\()`, 'g')
  return code.replace(/^import \{([^}]*)\} from "(node:[^"]+)";$/gm, builtinStatement).replace(calls, '$1_')
}

function builtinStatement(_, names, module) {
  const locals = namesIn(names).map((name) => {
    const [imported, local = bannerNames.includes(imported) ? `${imported}_` : imported] = name.split(' as ')
    return local === imported ? imported : `${imported}: ${local}`
  })
  return `const { ${locals.join(', ')} } = process.getBuiltinModule("${module}");${names.replace(/[^\n]/g, '')}`
}

/** Returns a map from each name that an index.ts or an entry exports again to the file that defines it. */
function filesOfExports(index) {
  const files = new Map()
  for (const [, names, source] of readFileSync(index, 'utf8').matchAll(
    /^export (?:type )?\{([^}]*)\} from '(\.[^']+)'$/gm,
  )) {
    const file = resolve(dirname(index), source)
    const inner = source.endsWith('/index.ts') ? filesOfExports(file) : new Map()
    for (const name of namesIn(names)) {
      const bareName = name.replace(/^type /, '')
      files.set(bareName, inner.get(bareName) ?? file)
    }
  }
  return files
}

function namesIn(list) {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

for (const name of readdirSync('packages')) {
  const folder = join('packages', name)
  const { exports, bundle: { modules = [], separate = [], inline = [], threads = {} } = {} } = manifestOf(folder)
  const entries = new Map()
  const add = (entry, source) => {
    if (entries.has(entry))
      throw new Error(`${name}: ${source} and ${entries.get(entry)} are both bundled as ${entry}.js`)
    if (!existsSync(source)) throw new Error(`${name}: package.json names ${source}, which does not exist`)
    entries.set(entry, source)
  }
  for (const { types, default: file } of Object.values(exports)) {
    if (!existsSync(join(folder, types)))
      throw new Error(`${name}: tsc has not built ${types}: add the package to the references of test/tsconfig.json`)
    add(file.replace('./dist/bundle/', '').replace('.js', ''), sourceOf(folder, types))
  }
  if (existsSync(join(folder, 'src/rank.ts'))) add('rank', join(folder, 'src/rank.ts'))
  for (const source of modules) add(basename(source, '.ts'), join(folder, source))
  checkLoadedModules(name, folder, new Set([...entries.values()].map((source) => relative('.', source))))
  const unknown = separate.find((entry) => !entries.has(entry))
  if (unknown) throw new Error(`${name}: bundle.separate names ${unknown}, which is not an entry of the bundle`)

  const outdir = join(folder, 'dist/bundle')
  rmSync(outdir, { recursive: true, force: true })
  const isSeparate = ([entry]) => entry === 'rank' || separate.includes(entry)
  await bundle({
    entryPoints: Object.fromEntries([...entries].filter((entry) => !isSeparate(entry))),
    outdir,
    splitting: true,
    alias: Object.fromEntries(inline.map((entry) => [entry, inlined(entry)])),
    threads: Object.entries(threads).map((files) => files.map((file) => resolve(folder, file))),
  })
  await bundle({
    entryPoints: Object.fromEntries([...entries].filter(isSeparate)),
    outdir,
    alias: gatedSources,
  })
  for (const entry of entries.keys()) {
    if (!existsSync(join(outdir, `${entry}.js`)))
      throw new Error(`${name}: esbuild has not written the entry ${entry}.js`)
  }
  checkComplete(name, outdir)
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** Returns the path of the module from which an entry of a package is built. */
function sourceOf(folder, types) {
  return join(folder, types.replace('./dist', 'src').replace('.d.ts', '.ts'))
}

/** Returns the absolute path of the module from which an entry such as `pino-rank/record` is built. */
function inlined(entry) {
  const [name, ...path] = entry.split('/')
  const folder = resolve('packages', name)
  return sourceOf(folder, manifestOf(folder).exports[['.', ...path].join('/')].types)
}

/** Checks that a bundle has each file that its code loads by name. This includes modules that an inlined package loads. */
function checkComplete(name, outdir) {
  for (const file of readdirSync(outdir).filter((file) => /(?<!-source-\w+)\.js$/.test(file))) {
    for (const [, loaded] of readFileSync(join(outdir, file), 'utf8').matchAll(/"\.\/([\w-]+\.js)"/g)) {
      if (!existsSync(join(outdir, loaded)))
        throw new Error(`${name}: ${file} loads ${loaded}: add its source to bundle.modules of the package.json`)
    }
  }
}

/** Checks that each module that the sources load by name, as .js, is an entry: the bundle has no other such file. */
function checkLoadedModules(name, folder, sources) {
  for (const file of readdirSync(join(folder, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts') || /\.test(-kit)?\.ts$/.test(file)) continue
    const source = join(folder, 'src', file)
    for (const [, loaded] of readFileSync(source, 'utf8').matchAll(/'(\.{1,2}\/[\w./-]+)\.js'/g)) {
      const path = join(dirname(source), `${loaded}.ts`)
      if (!sources.has(path))
        throw new Error(`${name}: ${source} loads ${path}: add it to bundle.modules of the package.json`)
      if (!loaded.startsWith('./') || loaded.includes('/', 2)) {
        throw new Error(
          `${name}: ${source} loads ${path}: move it into the same folder, because the bundle has all files in one folder`,
        )
      }
    }
  }
}

function bundle({ threads = [], ...options }) {
  return build({
    ...common,
    ...options,
    plugins: [threadTexts(threads, bundledThread), roomFiles(options.alias), builtinModules],
    sourcemap: true,
  })
}

/** Returns the code of a thread, with all code that it imports from our packages. */
async function bundledThread(source) {
  const alias = everyEntry()
  const options = { ...common, entryPoints: [source], alias, write: false, define: { 'import.meta.url': 'undefined' } }
  const { outputFiles } = await build({ ...options, plugins: [roomFiles(alias)] })
  return withBuiltins(outputFiles[0].text)
}

function everyEntry() {
  const entries = readdirSync('packages').flatMap((name) =>
    Object.keys(manifestOf(join('packages', name)).exports).map((path) => join(name, path)),
  )
  return Object.fromEntries(entries.map((entry) => [entry, inlined(entry)]))
}
