import { type Owner, type ProcessOptions, startProgram, type TestProcess } from './start-process.ts'

export interface FileLoggerOptions extends ProcessOptions {
  /** @default 'file' */
  sink?: 'file' | 'split'
}

/**
 * Starts a process that logs each message it gets to the file `path`, and answers it. The answer to the message `flush` is
 * the error of the flush, or null. Resolves when the process is ready for messages.
 *
 * @param options of `fileStream` or of `splitStream`
 */
export async function startFileLogger(
  owner: Owner,
  path: string,
  options: object = {},
  { sink = 'file', ...processOptions }: FileLoggerOptions = {},
): Promise<TestProcess> {
  const logger = startProgram(owner, 'file-logger', [path, JSON.stringify(options), sink], {
    stdout: 'ignore',
    ...processOptions,
  })
  await logger.nextMessage()
  return logger
}
