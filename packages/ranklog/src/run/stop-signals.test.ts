import t, { type Test } from 'tap'
import type { RankJob } from './rank-job.ts'
import { StopSignals } from './stop-signals.ts'

/** A job that records the calls of {@link StopSignals}. */
class RecordingJob implements Pick<RankJob, 'stop' | 'forward'> {
  readonly calls: string[] = []

  stop(signal: NodeJS.Signals, atOnce = false): void {
    this.calls.push(`stop ${signal}${atOnce ? ' at once' : ''}`)
  }

  forward(signal: NodeJS.Signals): void {
    this.calls.push(`forward ${signal}`)
  }
}

function watching(t: Test) {
  const stopped = new StopSignals()
  t.teardown(() => stopped.end())
  const watch = () => {
    const job = new RecordingJob()
    stopped.watch(job as unknown as RankJob)
    return job
  }
  return { stopped, watch }
}

const send = (signal: NodeJS.Signals) => process.emit(signal, signal)

t.test('a signal between a failed attempt and its restart stops the ranks of the restart', async (t) => {
  const { stopped, watch } = watching(t)
  const failed = watch()
  send('SIGTERM')
  t.equal(stopped.signal, 'SIGTERM')
  const restarted = watch()
  t.strictSame([failed.calls, restarted.calls], [['stop SIGTERM'], ['stop SIGTERM']])
  send('SIGINT')
  t.strictSame(restarted.calls, ['stop SIGTERM', 'stop SIGINT at once'], 'the second signal kills the ranks')
  t.equal(stopped.signal, 'SIGTERM', 'the first signal decides the exit code')
})

t.test('a stop signal before the ranks start stops them; SIGUSR1 and SIGUSR2 are only forwarded', async (t) => {
  const { stopped, watch } = watching(t)
  send('SIGUSR1')
  t.equal(stopped.signal, undefined)
  send('SIGHUP')
  const job = watch()
  send('SIGUSR2')
  t.strictSame(job.calls, ['stop SIGHUP', 'forward SIGUSR2'])
})
