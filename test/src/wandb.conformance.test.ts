import { conformMetrics } from './kit/conform-metrics.ts'
import { sink } from './kit/metric-sinks/wandb.ts'

conformMetrics(sink)
