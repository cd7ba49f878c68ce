/**
 * Installs what the interop tests need, and runs them: `npm run test:interop`. With `--all` it runs all bundlers and run-times,
 * and installs PyTorch, which takes long and needs a package registry. `--write` writes their table to docs/run-times.md, and `--rows=REGEXP`
 * selects rows. Other arguments go to tap.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import './set-up.ts'

const dist = fileURLToPath(new URL('.', import.meta.url))
const flags = { '--all': 'INTEROP_ALL', '--write': 'INTEROP_WRITE', '--rows': 'INTEROP_ROWS' }
const given = process.argv.slice(2)
const env: NodeJS.ProcessEnv = {}
const others: string[] = []
for (const argument of given) {
  const [flag = '', value = '1'] = argument.split('=', 2)
  if (flag in flags) env[flags[flag as keyof typeof flags]] = value
  else others.push(argument)
}
const files = readdirSync(dist).filter((file) => file.endsWith('.interop.js'))
/** The longest time for a file, in s. The first run installs the bundlers. */
const timeout = env.INTEROP_ALL ? 3600 : 1200
const args = [`--timeout=${timeout}`, ...others, ...files.map((file) => join(dist, file))]
process.exitCode = spawnSync('tap', args, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
