// Puts the modules of each package into few files, for those who install it: a module costs a rank 30 kB of memory and
// 0.3 ms at its start, and there are N ranks. Entries are what `exports` names in dist/bundle, by the place of its types,
// each module that the source loads by name when it is needed ('./end-features.js': every other import ends in .ts), and the
// sinks' declarations (pino-rank/src/sink/read-declaration.ts).
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

/**
 * What a rank that is gated out writes its errors with. It is put into the sink's own rank.js, whichever package that is in:
 * that is the one module of a sink that such a rank loads.
 */
const gatedSource = join(process.cwd(), 'packages/pino-rank-file/src/append.ts')
const gatedParts = ['end-features', 'run-feature']

/** Each of these is one file that shares none with the others: it is loaded where they are not. */
const alone = new Set(['rank', 'target', 'append', 'options', ...gatedParts])

for (const name of readdirSync('packages')) {
  const folder = join('packages', name)
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.values(exports).map((entry) => [
    entry.default.replace('./dist/bundle/', '').replace('.js', ''),
    join(folder, entry.types.replace('./dist', 'src').replace('.d.ts', '.ts')),
  ])
  const sources = readdirSync(join(folder, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'))
  for (const source of sources.filter((file) => !file.endsWith('.test.ts')).map((file) => join(folder, 'src', file))) {
    for (const [, loaded] of readFileSync(source, 'utf8').matchAll(/\('\.\/([\w-]+)\.js'/g)) {
      entries.push([loaded, join(dirname(source), `${loaded}.ts`)])
    }
  }
  if (sources.includes('rank.ts')) {
    const rank = join(folder, 'src/rank.ts')
    entries.push(['rank', rank])
    if (readFileSync(rank, 'utf8').includes("'pino-rank-file/append'")) {
      entries.push(...gatedParts.map((part) => [part, join(dirname(gatedSource), 'writer', `${part}.ts`)]))
    }
  }
  const outdir = join(folder, 'dist/bundle')
  rmSync(outdir, { recursive: true, force: true })
  await bundle({
    entryPoints: Object.fromEntries(entries.filter(([entry]) => !alone.has(entry))),
    outdir,
    splitting: true,
  })
  await bundle({
    entryPoints: Object.fromEntries(entries.filter(([entry]) => alone.has(entry))),
    outdir,
    alias: { 'pino-rank-file/append': gatedSource },
  })
}

function bundle(options) {
  return build({
    ...options,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
}
