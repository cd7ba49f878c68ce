// Puts the modules of each package into few files, for those who install it: a module costs a rank 30 kB of memory and
// 0.3 ms at its start, and there are N ranks. Entries are what `exports` names in dist/bundle, by the place of its types,
// each module that the source loads by name when it is needed ('./append.js': every other import ends in .ts), and the
// sinks' declarations (pino-rank/src/sink/read-declaration.ts).
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

/** Each of these is one file that shares none with the others: it is loaded where they are not. */
const alone = new Set(['rank', 'target'])

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
  if (sources.includes('rank.ts')) entries.push(['rank', join(folder, 'src/rank.ts')])
  const outdir = join(folder, 'dist/bundle')
  rmSync(outdir, { recursive: true, force: true })
  await bundle({
    entryPoints: Object.fromEntries(entries.filter(([entry]) => !alone.has(entry))),
    outdir,
    splitting: true,
  })
  await bundle({ entryPoints: Object.fromEntries(entries.filter(([entry]) => alone.has(entry))), outdir })
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
