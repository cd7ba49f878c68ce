import type { Differences } from './suites.ts'

const inBothModes = (file: string, ...names: string[]) =>
  ['sync false', 'sync true'].flatMap((mode) => names.map((name) => `${file}.test.js > ${mode} > ${name}`))

/** The tests of sonic-boom that fail with `fileStream`. The table in its README has the same differences. */
export const fileStreamDifferences: Differences = [
  [
    'counts or replaces calls of fs in sonic-boom’s own module; our disk-fault and cut-write tests cover faults of a disk',
    [
      'flush-sync.test.js > retry in flushSync on EAGAIN',
      'flush-sync.test.js > throw error in flushSync on EAGAIN',
      ...inBothModes(
        'flush',
        'only call fsyncSync and not fsync when fsync: true',
        'call flush cb with error when fsync failed',
        'call flush cb with an error when failed to flush',
        'call flush cb when finish writing when currently in the middle',
        'call flush cb when writing and trying to flush before ready (on async)',
      ),
      'fsync.test.js > fsync with sync',
      'fsync.test.js > fsync with async',
      ...inBothModes('reopen', 'reopen throws an error'),
      ...inBothModes('retry', 'retry on EAGAIN'),
      'retry.test.js > emit error on async EAGAIN',
      'retry.test.js > retry on EAGAIN (sync)',
      'retry.test.js > emit error on EAGAIN (sync)',
      'retry.test.js > retryEAGAIN receives remaining buffer on async if write fails',
      'retry.test.js > retryEAGAIN receives remaining buffer if exceeds maxWrite',
      'retry.test.js > retry on EBUSY',
      'retry.test.js > emit error on async EBUSY',
      'sync.test.js > write buffers that are not totally written with sync mode',
      'sync.test.js > write buffers that are not totally written with flush sync',
      'sync.test.js > sync writing is fully sync',
      ...inBothModes(
        'write',
        'write later on recoverable error',
        'write multi-byte characters string over than maxWrite',
        'partial writes must preserve split utf8 characters',
      ),
      'write.test.js > write buffers that are not totally written',
      'write.test.js > write should not drop new data if buffer is not full',
      'write.test.js > write should drop new data if buffer is full',
    ],
  ],
  [
    'append: false is refused, because a rank that starts later would empty the file of the others',
    [...inBothModes('flush', 'append'), ...inBothModes('mode', 'mode on append')],
  ],
  [
    'a line after destroy() is written: a late line must not end the program',
    [
      ...inBothModes('destroy', 'destroy'),
      ...inBothModes('flush', 'call flush cb with an error when trying to flush destroyed stream'),
    ],
  ],
  ['a last line without a newline gets one', inBothModes('end', 'chunk data accordingly')],
  [
    'write() always returns true, and minLength has no limit: a batch is one write',
    ['minlength.test.js > drain deadlock', 'minlength.test.js > should throw if minLength >= maxWrite'],
  ],
  [
    'reads undocumented properties of SonicBoom',
    [
      'sync.test.js > ._len must always be equal or greater than 0',
      'sync.test.js > ._len must always be equal or greater than 0 (2)',
      'write.test.js > make sure `maxWrite` is passed',
    ],
  ],
  [
    'the file is opened by the first line that is written, and a fault does not throw',
    [...inBothModes('write', 'minLength'), 'sync.test.js > sync error handling'],
  ],
]
