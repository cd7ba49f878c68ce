import { conformMetrics } from './kit/conform-metrics.ts'
import { sink } from './kit/metric-sinks/mlflow.ts'

conformMetrics(sink)
