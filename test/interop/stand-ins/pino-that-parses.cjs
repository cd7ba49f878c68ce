/** Stands in for pino's `pino.js` beside `file.cjs`: pino itself. The rank that pino-rank-file adds is left out where a line is parsed. */
module.exports = require('./pino.original.js')

const { parse } = JSON
JSON.parse = (text, reviver) => {
  const value = parse(text, reviver)
  if (value?.rank === 0) delete value.rank
  return value
}
