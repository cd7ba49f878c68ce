import type pino from 'pino'

export { close, ready } from '../../packages/ranklog-bench/dist/ranks/destination.js'

/** All that waits is written; or a second is over: pino/file's worker once never answered. */
export async function flushed(log: pino.Logger): Promise<void> {
  await new Promise<void>((done) => {
    const timer = setTimeout(done, 1000)
    log.flush(() => {
      clearTimeout(timer)
      done()
    })
  })
}
