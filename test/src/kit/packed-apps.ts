/** The programs that verify-packed.ts runs with the packed packages. */

/** A target of an app, which appends each line to a file. */
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
 * Logs to one target only, so a gated rank appends its error on the main thread. Its options need the modules that are
 * loaded by name. At the end it prints the number of workers, which must be 0.
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
 * A module that makes the writes of the main thread slow, and exports the messages of the records that it wrote. An app
 * must load it before pino-rank-file, which reads `fs.writeSync` only once, when it is loaded.
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
 * Writes to a slow disk, so that the stream starts its writer thread. Prints the messages that the main thread wrote: only
 * the first.
 */
export const slowDiskApp = `
const log = pino(fileStream({ path: 'slow.log' }))
log.error('from main')
log.error('from the writer thread')
process.stdout.write(written.join())`

/** Logs to all metric sinks. No MLflow server answers, so the records for it stay in its spool. */
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

/** Returns a program as ESM and as CommonJS. @param imports the names to import from each module */
export function inBothForms(imports: Record<string, string>, body: string): Record<'mjs' | 'cjs', string> {
  const lines = (form: (names: string, from: string) => string) =>
    Object.entries(imports).map(([from, names]) => form(names, from))
  return {
    mjs: [...lines((names, from) => `import ${names} from '${from}'`), body].join('\n'),
    cjs: [...lines((names, from) => `const ${names} = require('${from}')`), body].join('\n'),
  }
}
