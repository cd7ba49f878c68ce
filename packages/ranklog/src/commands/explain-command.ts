import { readFileSync } from 'node:fs'
import type { Explanation } from 'pino-rank'
import type { Command } from '../cli/index.ts'
import { InputError } from '../cli/index.ts'

export const explainCommand: Command = {
  name: 'explain',
  usage: '[OPTIONS]',
  about: 'show which rank a process is, and the environment variables that define it',
  options: {
    env: {
      value: 'FILE',
      about: 'read the environment from FILE: NAME=VALUE lines, /proc/PID/environ or JSON (default: that of ranklog)',
    },
    json: { about: 'write JSON' },
    help: { short: 'h', about: 'show this help' },
  },
  examples: [
    ['mpirun -n 2 ranklog explain', 'what mpirun’s ranks see'],
    ['ranklog explain --env /proc/4242/environ', 'the rank of a running process'],
  ],
  async run({ options, paths }, { stdout, env }) {
    if (paths.length > 0) throw new InputError(`explain: "${paths[0]}" is one argument too many`, 'write --env FILE')
    const { explainRank } = await import('pino-rank')
    const found = explainRank(typeof options.env === 'string' ? readEnv(options.env) : env)
    await (options.json ? stdout.json([toJson(found)], 2) : stdout.lines(toLines(found)))
    return found.error ? 1 : 0
  },
}

function readEnv(path: string): NodeJS.ProcessEnv {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(`--env: ${(error as Error).message}`, 'name a file with an environment')
  }
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new InputError(`--env: ${path}: ${(error as Error).message}`, 'name a file of JSON, or of NAME=VALUE lines')
    }
  }
  const lines = text.split(text.includes('\0') ? '\0' : '\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}

function toJson({ error, ...found }: Explanation): object {
  return { ...found, ...(error && { error: { code: error.code, message: error.message } }) }
}

function toLines({ launcher, off, fields, lost, rank, error }: Explanation): string[] {
  const lines: string[] = []
  if (off) lines.push('RANKLOG_RANK=none: nobody is asked')
  else if (launcher === undefined) lines.push('not launched: the one rank of its job, rank 0')
  else lines.push(`launcher   ${launcher}`)
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
    lines.push(`also there: ${other} (${set})${missing ? `; lacks ${missing.join(' or ')}` : ''}`)
  }
  if (error) lines.push(`error: ${error.message}`)
  return lines
}
