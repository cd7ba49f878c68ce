import { conform } from './kit/conform.ts'
import { sink } from './kit/sinks/stdout.ts'

conform(sink)
