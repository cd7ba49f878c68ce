import { join } from 'node:path'
import { mlflowStream, resend } from 'pino-mlflow'
import type { RunEnd } from 'pino-rank-metrics/sink'
import type { MetricSink, Served } from '../metric-sink.ts'
import { MlflowServer } from '../mlflow-server.ts'

const statuses: Record<string, RunEnd['status']> = { FINISHED: 'finished', FAILED: 'failed', KILLED: 'killed' }

interface ServedMlflow extends Served {
  server: MlflowServer
}

export const sink: MetricSink = {
  name: 'pino-mlflow',
  module: import.meta.url,
  stream: mlflowStream,
  options: (dir) => ({ spool: join(dir, 'spool'), runName: 'rank-{rank}' }),
  async serve(): Promise<ServedMlflow> {
    const server = await MlflowServer.start()
    return { server, env: { MLFLOW_TRACKING_URI: server.uri }, stop: () => server.stop() }
  },
  /** Sends first what an exit had no time to send. */
  async runs(dir, served) {
    const { server } = served as ServedMlflow
    await resend(join(dir, 'spool'), { trackingUri: server.uri })
    return [...server.runs.values()].map(({ metrics, status }) => {
      const losses = metrics.filter(({ key }) => key === 'loss')
      const end = statuses[status]
      return { losses: losses.map(({ step, value }) => [step, Number(value)]), ...(end && { end }) }
    })
  },
  ends: ['finished', 'failed', 'killed'],
}
