// A rank that only starts, as an ES module.
import { createRequire } from 'node:module'

const { library, options } = JSON.parse(process.argv[2] as string)
const loaded = await import(library)
const log = library === 'pino' ? loaded.default(options) : loaded.rankLogger(options)
createRequire(import.meta.url)('./start-probe.cjs')(log)
