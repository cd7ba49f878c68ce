import { conform } from './kit/conform.ts'
import { sink } from './kit/sinks/split.ts'

conform(sink)
