import { conform } from './kit/conform.ts'
import { sink } from './kit/sinks/file.ts'

conform(sink)
