// A rank that only starts, as a CommonJS module.
const { library, options } = JSON.parse(process.argv[2] as string)
const loaded = require(library)
const log = library === 'pino' ? loaded(options) : loaded.rankLogger(options)
require('./start-probe.cjs')(log)
