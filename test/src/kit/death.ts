/** How a process ends. */
export type Death =
  | 'natural exit'
  | 'process.exit'
  | 'exception'
  | 'rejection'
  | 'SIGTERM'
  | 'SIGTERM, unhandled'
  | 'SIGKILL'
  | 'abort'

/** Deaths in which `exit` handlers run, so that the process can still write. 'SIGTERM' is one that the program handles. */
export const gentleDeaths: readonly Death[] = ['natural exit', 'process.exit', 'exception', 'rejection', 'SIGTERM']
/** Deaths in which the process cannot write any more. */
export const abruptDeaths: readonly Death[] = ['SIGTERM, unhandled', 'SIGKILL', 'abort']
/** All deaths but a SIGTERM without a handler, whose outcome depends on `handleSignals`. */
export const deaths: readonly Death[] = [...gentleDeaths, 'SIGKILL', 'abort']

/** The exit code and the signal that the parent sees. */
export const endings: Record<Death, [code: number | null, signal: string | null]> = {
  'natural exit': [0, null],
  'process.exit': [3, null],
  exception: [1, null],
  rejection: [1, null],
  SIGTERM: [143, null],
  'SIGTERM, unhandled': [null, 'SIGTERM'],
  SIGKILL: [null, 'SIGKILL'],
  abort: [null, 'SIGABRT'],
}

/** Ends this process right after `lastWords`. For a SIGTERM it asks the parent to send the signal. */
export function die(death: Death, lastWords: () => void): void {
  if (death !== 'SIGTERM') lastWords()
  switch (death) {
    case 'natural exit':
      process.disconnect()
      break
    case 'process.exit':
      process.exit(3)
      break
    case 'exception':
      setImmediate(() => {
        throw new Error('on purpose')
      })
      break
    case 'rejection':
      Promise.reject(new Error('on purpose'))
      break
    case 'SIGTERM':
      process.once('SIGTERM', () => {
        lastWords()
        process.exit(143)
      })
      process.channel?.ref() // the process lives until the signal arrives
      process.send?.('send SIGTERM')
      break
    case 'SIGTERM, unhandled':
      process.channel?.ref()
      process.send?.('send SIGTERM')
      break
    case 'SIGKILL':
      process.kill(process.pid, 'SIGKILL')
      break
    case 'abort':
      process.abort()
  }
}
