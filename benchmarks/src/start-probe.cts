// CommonJS, so that a CommonJS rank that is measured loads nothing of the ES module loader
const { readdirSync } = require('node:fs')
const { symbols } = require('pino')

/** Sends what this process has cost, as soon as the logger's worker, if it has one, takes lines. */
module.exports = function probe(log: Record<symbol, NodeJS.EventEmitter & { ready?: boolean }>) {
  process.channel?.ref()
  const stream = log[symbols.streamSym]
  if (stream?.ready === false) stream.once('ready', send)
  else send()
}

function send(): void {
  const wall = performance.now() // since the process's start
  const { user, system } = process.cpuUsage()
  const rss = process.memoryUsage.rss()
  process.send?.({ wall, cpu: (user + system) / 1e3, rss: rss / 1e6, threads: threads() }, () => process.exit())
}

function threads(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : Number.NaN
}
