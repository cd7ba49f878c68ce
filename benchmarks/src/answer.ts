/** Runs a benchmark's job in its own process and sends what comes of it. The job lies in `process.argv[2]`. */
export async function answer<Job>(work: (job: Job) => Promise<object>): Promise<void> {
  process.channel?.ref() // pino's workers keep no process alive, and a wait for them would end it
  const result = await work(JSON.parse(process.argv[2] as string))
  process.send?.(result, () => process.disconnect())
}
