import { readFileSync } from 'node:fs'
import type { Explanation, explainRank } from 'pino-rank'
import type { Command } from '../cli/index.ts'
import { InputError } from '../cli/index.ts'

export const explainCommand: Command = {
  name: 'explain',
  usage: '[OPTIONS]',
  about: 'show which rank a process is and which environment variables define it',
  options: {
    env: {
      value: 'FILE',
      about: 'read the environment from FILE: NAME=VALUE lines, /proc/PID/environ or JSON (default: that of ranklog)',
    },
    json: { about: 'write JSON' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['mpirun -n 2 ranklog explain', 'shows the rank of each process that mpirun starts'],
    ['ranklog explain --env /proc/4242/environ', 'shows the rank of a running process'],
  ],
  async run({ options, paths }, { stdout }) {
    if (paths.length > 0) throw new InputError(`explain: unexpected argument "${paths[0]}"`, 'use --env FILE')
    const { explainRank } = await import('pino-rank')
    const found = typeof options.env === 'string' ? explainRank(...firstEnv(options.env)) : explainRank()
    await (options.json ? stdout.json([toJson(found)], 2) : stdout.lines(toLines(found)))
    return found.error ? 1 : 0
  },
}

function readEnv(path: string): NodeJS.ProcessEnv {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(
      `--env: ${(error as Error).message}`,
      'use a file with an environment, for example /proc/PID/environ',
    )
  }
  if (text.trimStart().startsWith('{')) return readJson(text, path)
  const lines = text.split(text.includes('\0') ? '\0' : '\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}

function readJson(text: string, path: string): NodeJS.ProcessEnv {
  try {
    const values: Record<string, unknown> = JSON.parse(text)
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value ?? '')]))
  } catch (error) {
    throw new InputError(`--env: ${path}: ${(error as Error).message}`, 'use a file of JSON or of NAME=VALUE lines')
  }
}

/**
 * Returns the arguments of `explainRank` for the environment with which a process was started, as in /proc/PID/environ. There
 * node:cluster passes the ID of a worker, and PM2's cluster mode passes all its variables as JSON. Both are removed from the
 * environment before the program runs.
 */
function firstEnv(path: string): Parameters<typeof explainRank> {
  const { NODE_UNIQUE_ID, pm2_env, ...env } = readEnv(path)
  const cluster = NODE_UNIQUE_ID ? { worker: { id: Number(NODE_UNIQUE_ID) } } : undefined
  return [{ ...env, ...(pm2_env && readJson(pm2_env, `${path}: pm2_env`)) }, { cluster }]
}

function toJson({ error, ...found }: Explanation): object {
  return { ...found, ...(error && { error: { code: error.code, message: error.message } }) }
}

function toLines({ launcher, off, fields, lost, isClusterPrimary, rank, error }: Explanation): string[] {
  const lines: string[] = []
  if (off) lines.push('RANKLOG_RANK=none: not launched')
  else if (launcher !== undefined) lines.push(`launcher   ${launcher}`)
  else if (!isClusterPrimary) lines.push('not launched: the only rank of its job, rank 0')
  if (isClusterPrimary) lines.push('node:cluster: this is the primary process, not one of the ranks')
  for (const [field, value] of Object.entries(rank ?? {})) {
    if (field === 'launcher') continue
    const from = fields[field as keyof typeof fields] as { variables?: object } | undefined
    const variables = from?.variables ? Object.entries(from.variables).map(([name, value]) => `${name}=${value}`) : []
    lines.push(`${field.padEnd(15)} ${String(value).padEnd(10)} ${variables.join(' ')}`.trimEnd())
  }
  for (const { launcher: other, variables, missing } of lost) {
    const set = Object.entries(variables)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
    lines.push(`not used: ${other} (${set})${missing ? `; ${missing.join(' or ')} is missing` : ''}`)
  }
  if (error) lines.push(`error: ${error.message}`)
  return lines
}
