import type { ThreadStream } from '../pino-internals.ts'

/** Size at which buffered lines are passed on before they have the maximum age, in UTF-16 code units. */
const maxSize = 2 ** 16

/**
 * Makes a worker's stream buffer lines and pass them to the worker together, because each write wakes up its thread. `flush`,
 * `flushSync` and `end` pass them on at once, and pino calls these at the exit. So the lines survive what lines in the worker
 * survive. Lines before 'ready' are passed on one by one.
 *
 * @param maxAgeMs maximum age of a buffered line, in ms. A timer passes it on, or a later line if the event loop does not turn.
 *   0: nothing is buffered.
 */
export function batchWrites(stream: ThreadStream, maxAgeMs: number): ThreadStream {
  if (maxAgeMs === 0) return stream
  const write = stream.write.bind(stream)
  let text = ''
  let timer: NodeJS.Timeout | undefined
  /** Time of the oldest buffered line, on the clock of `performance.now()`. */
  let startedAt = 0
  const passOn = () => {
    clearTimeout(timer)
    timer = undefined
    const batch = text
    text = ''
    return batch === '' || write(batch)
  }
  const first = <Values extends unknown[], Result>(method: (...values: Values) => Result) => {
    return (...values: Values): Result => {
      passOn()
      return method.apply(stream, values)
    }
  }
  const { flush, flushSync, end } = stream
  return Object.assign(stream, {
    write(line: string): boolean {
      if (stream.ready !== true || stream.writable === false) {
        passOn()
        return write(line)
      }
      const now = performance.now()
      if (text === '') startedAt = now
      text += line
      // the timer is late while the program computes
      if (text.length >= maxSize || now - startedAt >= maxAgeMs) return passOn()
      timer ??= setTimeout(passOn, maxAgeMs).unref()
      return true
    },
    flush: first(flush),
    ...(flushSync && { flushSync: first(flushSync) }),
    end: first(end),
  })
}
