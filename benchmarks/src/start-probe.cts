// In CommonJS, because a measured CommonJS rank must not load Node's loader of ES modules.
const { readdirSync } = require('node:fs')
const { symbols } = require('pino')

/** Sends the cost of this process to its parent. If the logger has a worker, it waits until the worker accepts lines. */
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
