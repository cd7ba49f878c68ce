/** Stands in for sonic-boom's `index.js`: a `fileStream`, with the options that its README names for those of sonic-boom. */
const { fileStream } = require('pino-rank-file')
const { stdoutStream } = require('pino-rank-stdout')

/** Longest flush interval, in ms: sonic-boom writes by size alone unless it has `periodicFlush`. */
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
