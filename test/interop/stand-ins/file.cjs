/** Replaces pino's `file.js`, the target `pino/file`. Lines go to pino-rank-file, or to pino-rank-stdout for stdout. */
module.exports = async ({ destination = 1, mkdir = false, ...given } = {}) => {
  const fd = /^\d+$/.test(destination) ? Number(destination) : undefined
  const { default: target } = await import(fd === 1 ? 'pino-rank-stdout' : 'pino-rank-file')
  if (fd === 1) return target(given)
  return target({ ...given, mkdir, path: fd === undefined ? destination : `/dev/fd/${fd}` })
}
