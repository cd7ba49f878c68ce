/**
 * What to write in place of an option of another library: sonic-boom (`pino.destination`, `pino/file`), pino-roll,
 * winston. Errors show these texts. The README has a table of the same options, and a test compares the two.
 */
export const foreignOptions: Readonly<Record<string, string>> = {
  dest: 'write it as path',
  destination: 'write it as path; for stdout take pino-rank-stdout',
  file: 'write it as path',
  filename: 'write it as path',
  fd: 'write path: "/dev/fd/3" for descriptor 3; for stdout take pino-rank-stdout',
  append: 'leave it out: lines are appended; to begin with an empty file write rotate: { atStart: true }',
  sync: 'leave it out: at low rates each line is written in its call; flushBytes: 1 does so at every rate',
  minLength: 'write it as flushBytes, with flushMs as the maximum age of a line',
  maxLength: 'write it as queueBytes',
  maxWrite: 'leave it out: a batch is one write of at most flushBytes',
  periodicFlush: 'write it as flushMs',
  contentMode: 'leave it out: strings and buffers are accepted',
  retryEAGAIN: 'leave it out: failed writes are retried',
  size: 'write rotate: { maxBytes }, in bytes',
  maxsize: 'write rotate: { maxBytes }, in bytes',
  frequency: 'write rotate: { every: "day" }, or "hour"',
  datePattern: 'write rotate: { every: "day", names: "dated" }',
  dateFormat: 'write rotate: { names: "dated" }',
  extension: 'leave it out: path has it, and rotated files are named "train.log.1"',
  limit: 'write rotate: { keepFiles }',
  maxFiles: 'write rotate: { keepFiles }',
  zippedArchive: 'write rotate: { gzip: true }',
  symlink: 'write current: "current.log", the path of the link',
}
