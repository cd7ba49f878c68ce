/**
 * A worker set up as PM2 does in its cluster mode (lib/ProcessContainer.js): its fd 1 is the stdout of the primary, and
 * `process.stdout.write` sends the text to the primary. The primary prints all texts that it got, as JSON.
 */
import { spawnSync } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { stdoutStream } from 'pino-rank-stdout'

if (cluster.isPrimary) {
  const worker = cluster.fork({ pm_id: 4, exec_mode: 'cluster_mode', NODE_APP_INSTANCE: 1, RANKLOG_RUN_ID: 'run' })
  const sent: unknown[] = []
  worker.on('message', (message) => sent.push(message))
  await once(worker, 'disconnect')
  process.stdout.write(`${JSON.stringify({ sent })}\n`)
} else {
  process.stdout.write = ((text: unknown) => process.send?.(String(text))) as typeof process.stdout.write
  const log = rankLogger({ transport: { target: 'pino-rank-stdout' } })
  log.info('in the process')
  for (let seq = 0; seq < 100; seq++) log.info({ seq }, 'in batches')
  pino({}, stdoutStream()).info('a stream')
  const thread = pino.transport({ target: 'pino-rank-stdout' })
  pino({}, thread).info('in a thread')
  thread.end()
  await once(thread, 'close')
  for (const options of [{ merge: 'always' }, { collector: true }] as const) {
    try {
      rankLogger({ transport: { target: 'pino-rank-stdout', ranks: '0', options } })
    } catch (error) {
      process.send?.((error as Error).message)
    }
  }
  const child = `import('pino-rank-stdout').then(({ stdoutStream }) => stdoutStream().end('a child\\n'))`
  spawnSync(process.execPath, ['-e', child], { stdio: 'inherit', cwd: import.meta.dirname })
  await new Promise<void>((resolve) => process.send?.('the end', () => resolve()))
  process.disconnect()
}
