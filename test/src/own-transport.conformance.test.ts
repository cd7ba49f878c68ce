import { conform } from './kit/conform.ts'
import { sink } from './kit/sinks/own-transport.ts'

conform(sink)
