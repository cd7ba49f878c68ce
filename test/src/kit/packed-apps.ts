/** The programs that verify-packed.ts runs on the packed packages, as an app would write them. */

/** A target as an app may have it: one line of text a record. */
export const appTarget = `
const { Writable } = require('node:stream')
const { appendFileSync } = require('node:fs')
module.exports = ({ to }) => new Writable({ write(chunk, _, done) { appendFileSync(to, chunk); done() } })`

/** Logs to a target of ours and to one of the app. */
export const severalApp = `
const log = rankLogger({
  transport: { targets: [
    { target: 'pino-rank-file', options: { path: 'train.log' } },
    { target: 'app-target', options: { to: 'app.log' } },
  ] },
})
log.info('i')
log.error('e')`

/**
 * Logs to one target only, so a gated rank appends its error on the main thread. The options need the modules that are loaded by
 * name. A worker would be a thread more.
 */
export const loneApp = (target: string) => `
const log = rankLogger({
  transport: {
    target: '${target}', ranks: '0',
    options: { path: 'train.log', runDirectory: 'runs', rotate: { maxBytes: 1e6 }, current: 'current-{rank}.log' },
  },
})
log.info('i')
log.error('e')
process.on('exit', () => console.log(process.report.getReport().workers.length + ' workers'))`

/**
 * Makes the main thread's writes slow. A module that an app loads before pino-rank-file, which takes its functions of node:fs when it
 * is loaded. Gives the messages of the records that were written.
 */
export const slowDisk = `
const fs = require('fs')
const { writeSync } = fs
const written = []
fs.writeSync = (fd, bytes, ...rest) => {
  written.push(JSON.parse(bytes.toString()).msg)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500)
  return writeSync(fd, bytes, ...rest)
}
module.exports = written`

/**
 * Writes to a disk that proves slow, so the stream starts its writer thread. Prints what the main thread wrote itself: the
 * first line.
 */
export const slowDiskApp = `
const log = pino(fileStream({ path: 'slow.log' }))
log.error('from main')
log.error('from the writer thread')
process.stdout.write(written.join())`

/** No MLflow is there: what it would get waits in its spool. */
export const metricApp = `
import { rankLogger } from 'pino-rank'
const log = rankLogger({
  transport: { targets: [
    { target: 'pino-tensorboard', options: { logdir: 'tb' } },
    { target: 'pino-wandb', options: { dir: '.', id: 'first' } },
    { target: 'pino-mlflow', options: { trackingUri: 'http://127.0.0.1:9' } },
    { target: 'pino-csv-metrics' },
  ] },
})
log.info({ hparams: { lr: 0.1 } })
log.info({ metrics: { loss: 0.5 }, step: 1 })`

/** Returns a program that imports names from modules and then runs a body, in the form of ESM and of CommonJS. */
export function inBothForms(imports: Record<string, string>, body: string): Record<'mjs' | 'cjs', string> {
  const lines = (form: (names: string, from: string) => string) =>
    Object.entries(imports).map(([from, names]) => form(names, from))
  return {
    mjs: [...lines((names, from) => `import ${names} from '${from}'`), body].join('\n'),
    cjs: [...lines((names, from) => `const ${names} = require('${from}')`), body].join('\n'),
  }
}
