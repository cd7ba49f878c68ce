import { join } from 'node:path'
import { node, permissionFlag } from '../../../dist/kit/start-process.js'
import { fileName } from './app.ts'
import type { Entry } from './entries.ts'
import { type Place, type Row, runs } from './row.ts'

/** The rows of Node itself, also with flags that restrict a program. */
export const nodeRows: Row[] = [
  row('Node.js, ES module', () => []),
  row('Node.js, CommonJS', () => [], 'cjs'),
  row('Node.js in a worker thread', () => ['--eval', `new (require('node:worker_threads').Worker)(process.argv[1])`]),
  row('`node --permission`', permissions),
  row('`node --permission --allow-worker`', (place) => [...permissions(place), '--allow-worker']),
  row('`node --frozen-intrinsics`', () => ['--frozen-intrinsics']),
]

function row(name: string, flags: (place: Place) => string[], form: 'mjs' | 'cjs' = 'mjs'): Row {
  const command = (entry: Entry, place: Place) => [...node, ...flags(place), programIn(place, entry, form)]
  return { name, tools: 'bundlers', run: runs(command) }
}

/** Returns the path of an entry's program. */
export function programIn({ dir }: Place, { name }: Entry, form: string): string {
  return join(dir, `${fileName(name)}.${form}`)
}

/** Returns flags that let the program read itself and its packages, and write its logs, and nothing else. */
function permissions({ app, log }: Place): string[] {
  const read = [app.tools, log].map((folder) => `--allow-fs-read=${folder}/*`)
  return [permissionFlag, ...read, `--allow-fs-write=${log}/*`]
}
