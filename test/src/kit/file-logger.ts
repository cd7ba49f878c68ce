import { type Owner, type ProcessOptions, startProgram, type TestProcess } from './start-process.ts'

/**
 * Starts a process that logs each message that it is sent to the file `path`, and answers it. It answers the message `flush` with the
 * error of the flush, or null. Resolves when the process takes messages.
 *
 * @param options those of `fileStream`
 */
export async function startFileLogger(
  owner: Owner,
  path: string,
  options: object = {},
  processOptions: ProcessOptions = {},
): Promise<TestProcess> {
  const logger = startProgram(owner, 'file-logger', [path, JSON.stringify(options)], {
    stdout: 'ignore',
    ...processOptions,
  })
  await logger.nextMessage()
  return logger
}
