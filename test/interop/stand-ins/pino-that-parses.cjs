/**
 * Replaces pino's `pino.js` together with `file.cjs`. It is pino itself, but `JSON.parse` removes the rank that pino-rank-file
 * adds, because the tests compare whole records.
 */
module.exports = require('./pino.original.js')

const { parse } = JSON
JSON.parse = (text, reviver) => {
  const value = parse(text, reviver)
  if (value?.rank === 0) delete value.rank
  return value
}
