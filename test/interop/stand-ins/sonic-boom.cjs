/** Replaces sonic-boom's `index.js` by `fileStream`. The README of pino-rank-file has the same table of options. */
const { fileStream } = require('pino-rank-file')
const { stdoutStream } = require('pino-rank-stdout')

/** The longest flush interval, in ms: without `periodicFlush` sonic-boom writes only by size. */
const never = 2 ** 31 - 1

function SonicBoom({ fd, dest = fd, sync, minLength = 0, maxLength, periodicFlush = never, fsync, ...given }) {
  const flush = {
    ...(minLength > 0 && { flushBytes: minLength, flushMs: periodicFlush }),
    ...(maxLength && { queueBytes: maxLength }),
  }
  if (dest === 1) return stdoutStream(flush)
  const path = typeof dest === 'number' ? `/dev/fd/${dest}` : dest
  const options = { mkdir: false, mode: 0o666, ...given, ...flush, ...(fsync && { fsync: 'flush' }), path }
  return Object.assign(fileStream(options), { mode: given.mode }) // the tests read it there
}

module.exports = SonicBoom
module.exports.SonicBoom = SonicBoom
module.exports.default = SonicBoom
