import type pino from 'pino'

export { close, ready } from '../../packages/ranklog-bench/dist/ranks/destination.js'

/** Resolves when the buffered lines are written, or after a second: the worker of pino/file sometimes does not call back. */
export async function flushed(log: pino.Logger): Promise<void> {
  await new Promise<void>((done) => {
    const timer = setTimeout(done, 1000)
    log.flush(() => {
      clearTimeout(timer)
      done()
    })
  })
}
