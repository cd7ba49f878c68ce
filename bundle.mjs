// Puts the modules of each package into few files, for those who install it: a module costs a rank memory and time at its
// start, and there are N ranks. Entries are what `exports` names in dist/bundle, by the place of its types, and the
// modules that `bundle.modules` of the package.json names: they are loaded by name when they are needed. A sink's rank.ts is one.
//
// `bundle.separate` names the entries that share no file with others, because they are loaded where those are not: as a sink's rank.ts.
// `bundle.inline` names the entries of our other packages that are put into the bundle, as far as they are used: a program starts sooner
// with few files. Such a package is a dependency only where our types name it.
// `bundle.threads` names the modules that have the code of a thread as text, and the thread: see thread-text.mjs.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { threadTexts } from './thread-text.mjs'

/**
 * What a rank that is gated out loads of another package, to check options and to write its errors. It is put into the sink's own
 * rank.js, because that is the one module of a sink that such a rank loads.
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
 * Imports what a room's index.ts, or an entry that is put into the bundle, exports from the files that define it. Otherwise an entry
 * that uses one file of a room would load all of them.
 */
function roomFiles(alias) {
  const withoutFaces = (path) =>
    readFileSync(path, 'utf8').replace(
      /^(import|export) \{([^}]*)\} from '([^']+)'$/gm,
      (statement, keyword, names, source) => {
        const face = source.endsWith('/index.ts') ? resolve(dirname(path), source) : alias[source]
        if (face === undefined) return statement
        const files = definedIn(face)
        const imports = namesIn(names).map((name) => {
          const file = files.get(name.replace(/^type | as .*$/g, '')) ?? face
          return `${keyword} { ${name} } from './${relative(dirname(path), file)}'`
        })
        return imports.join('; ') + statement.replace(/[^\n]/g, '') // as many lines, for the source map
      },
    )
  return {
    name: 'room-files',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({ contents: withoutFaces(path), loader: 'ts' }))
    },
  }
}

/**
 * Takes Node's own modules from `process.getBuiltinModule` instead of importing them. For each built-in module that is imported, V8
 * keeps an ES module with all of its exports, and the one of node:fs loads Node's file streams: 0.25 MB for a rank that is gated out.
 * A statement stays on its lines, for the source map.
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
 * Functions that programs declare at the start of their bundle, to have `require`, `__filename` and `__dirname` in an ES module.
 * A bundler does not know these names, so ours have to be others.
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

/** Returns the file that defines each name that an index.ts or an entry exports from others. */
function definedIn(face) {
  const files = new Map()
  for (const [, names, source] of readFileSync(face, 'utf8').matchAll(
    /^export (?:type )?\{([^}]*)\} from '(\.[^']+)'$/gm,
  )) {
    const file = resolve(dirname(face), source)
    const behind = source.endsWith('/index.ts') ? definedIn(file) : new Map()
    for (const name of namesIn(names)) {
      const bare = name.replace(/^type /, '')
      files.set(bare, behind.get(bare) ?? file)
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
    if (!existsSync(source)) throw new Error(`${name}: no file ${source}, which package.json names`)
    entries.set(entry, source)
  }
  for (const { types, default: file } of Object.values(exports)) {
    if (!existsSync(join(folder, types)))
      throw new Error(`${name}: tsc has not made ${types}: name the package in test/tsconfig.json`)
    add(file.replace('./dist/bundle/', '').replace('.js', ''), sourceOf(folder, types))
  }
  if (existsSync(join(folder, 'src/rank.ts'))) add('rank', join(folder, 'src/rank.ts'))
  for (const source of modules) add(basename(source, '.ts'), join(folder, source))
  checkLoaded(name, folder, new Set([...entries.values()].map((source) => relative('.', source))))
  const unknown = separate.find((entry) => !entries.has(entry))
  if (unknown) throw new Error(`${name}: bundle.separate names ${unknown}, which is no entry`)

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
    if (!existsSync(join(outdir, `${entry}.js`))) throw new Error(`${name}: ${entry}.js is not in the bundle`)
  }
  checkComplete(name, outdir)
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** Returns the module that an entry of a package is built from. */
function sourceOf(folder, types) {
  return join(folder, types.replace('./dist', 'src').replace('.d.ts', '.ts'))
}

/** Returns the absolute path of the module behind an entry such as `pino-rank/record`. */
function inlined(entry) {
  const [name, ...path] = entry.split('/')
  const folder = resolve('packages', name)
  return sourceOf(folder, manifestOf(folder).exports[['.', ...path].join('/')].types)
}

/** Checks that a bundle has each file that it loads. A module that an inlined package loads by name needs an entry here, too. */
function checkComplete(name, outdir) {
  for (const file of readdirSync(outdir).filter((file) => /(?<!-source-\w+)\.js$/.test(file))) {
    for (const [, loaded] of readFileSync(join(outdir, file), 'utf8').matchAll(/"\.\/([\w-]+\.js)"/g)) {
      if (!existsSync(join(outdir, loaded)))
        throw new Error(`${name}: ${file} loads ${loaded}: name its source in bundle.modules of the package.json`)
    }
  }
}

/** Every import but those by name ends in .ts. What is loaded as .js must be an entry: the bundle has no other such file. */
function checkLoaded(name, folder, sources) {
  for (const file of readdirSync(join(folder, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts') || /\.test(-kit)?\.ts$/.test(file)) continue
    const source = join(folder, 'src', file)
    for (const [, loaded] of readFileSync(source, 'utf8').matchAll(/'(\.{1,2}\/[\w./-]+)\.js'/g)) {
      const path = join(dirname(source), `${loaded}.ts`)
      if (!sources.has(path))
        throw new Error(`${name}: ${source} loads ${path}: name it in bundle.modules of the package.json`)
      if (!loaded.startsWith('./') || loaded.includes('/', 2)) {
        throw new Error(
          `${name}: ${source} loads ${path}, which is in another folder: in the bundle it would not be found`,
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

/** Returns the code of a thread with all that it imports of our packages. */
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
