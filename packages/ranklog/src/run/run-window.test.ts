import { readFileSync } from 'node:fs'
import t from 'tap'
import { readRun } from './read-run.ts'
import { runCommand } from './run-command.ts'
import { busyWindowMs, defaultWindowMs } from './run-window.ts'

t.test('the window is the value of --window, or the default that the help and the README name', async (t) => {
  const given = (options: Record<string, string>) => readRun({ options, paths: ['true'] }, {})
  t.match(await given({}), { windowMs: defaultWindowMs, maxWindowMs: busyWindowMs })
  t.match(await given({ window: '20' }), { windowMs: 20, maxWindowMs: 0 })
  t.match(await given({ window: '0' }), { windowMs: 0, maxWindowMs: 0 })
  t.match(runCommand.options.window?.about, `default: ${defaultWindowMs}, up to ${busyWindowMs} for busy ones`)
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  t.match(readme, `\`--window\`, ${defaultWindowMs} ms`)
  t.match(readme, `up to ${busyWindowMs / 1000} s`)
})
