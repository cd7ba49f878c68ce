import t, { type Test } from 'tap'
import type { RankJob } from './rank-job.ts'
import { StopSignals } from './stop-signals.ts'

/** The part of a job that signals reach. It notes what it is asked. */
class NotingJob implements Pick<RankJob, 'stop' | 'forward'> {
  readonly asked: string[] = []

  stop(signal: NodeJS.Signals, atOnce = false): void {
    this.asked.push(`stop ${signal}${atOnce ? ' at once' : ''}`)
  }

  forward(signal: NodeJS.Signals): void {
    this.asked.push(`forward ${signal}`)
  }
}

function watching(t: Test) {
  const stopped = new StopSignals()
  t.teardown(() => stopped.end())
  const watch = () => {
    const job = new NotingJob()
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
  t.strictSame([failed.asked, restarted.asked], [['stop SIGTERM'], ['stop SIGTERM']])
  send('SIGINT')
  t.strictSame(restarted.asked, ['stop SIGTERM', 'stop SIGINT at once'], 'the second signal does not ask')
  t.equal(stopped.signal, 'SIGTERM', 'the first signal decides the exit code')
})

t.test('a signal before the ranks are there stops them; one that ends nothing is forwarded', async (t) => {
  const { stopped, watch } = watching(t)
  send('SIGUSR1')
  t.equal(stopped.signal, undefined)
  send('SIGHUP')
  const job = watch()
  send('SIGUSR2')
  t.strictSame(job.asked, ['stop SIGHUP', 'forward SIGUSR2'])
})
