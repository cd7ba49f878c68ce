/** Runs the job in `process.argv[2]`, which is JSON, and sends its result to the parent process. */
export async function sendResult<Job>(work: (job: Job) => Promise<object>): Promise<void> {
  process.channel?.ref() // keeps the process alive while it awaits a worker of pino, which does not
  const result = await work(JSON.parse(process.argv[2] as string))
  process.send?.(result, () => process.disconnect())
}
