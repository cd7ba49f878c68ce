import { isBranch, isMetric } from './metric-leaf.ts'
import { endIn, type RunEnd } from './metric-record.ts'
import type { NameWarnings } from './name-warnings.ts'
import { numberIn } from './named-numbers.ts'

/** Maximum depth at which misplaced metric records are searched. */
const maxDepth = 3

const examples = { metrics: '{ metrics: { loss: 0.5 } }', hparams: '{ hparams: { lr: 0.1 } }' } as const

/** Reports whether a record needs the full check. An ordinary metric record does not, because there may be many of them. */
export function mayBeMisplaced({ metrics, hparams, run }: Record<string, unknown>, end: RunEnd | undefined): boolean {
  if (run !== undefined && !end) return true
  if (metrics === undefined) return !isBranch(hparams)
  return !isBranch(metrics) || (hparams !== undefined && !isBranch(hparams))
}

/** Writes a warning for each field that looks like a misplaced or malformed metric field, once for each path, with what to do. */
export function reportMisplaced(
  fields: Record<string, unknown>,
  nestedKey: string | undefined,
  warnings: NameWarnings,
): void {
  for (const [key, example] of Object.entries(examples)) {
    if (fields[key] !== undefined && !isBranch(fields[key]))
      warnings.warn(
        key,
        `${shortJson(fields[key])}, not an object of names and values`,
        `it is ignored; log for example ${example}`,
      )
  }
  reportRun(fields.run, warnings)
  if (isBranch(fields.metrics) || isBranch(fields.hparams)) return
  reportNested(fields, [], (path) => {
    const isOption = path.length === 2 && nestedKey === undefined
    const remedy = isOption ? `set the sink’s option nestedKey to "${path[0]}", or ` : ''
    const what = 'not at the top of its record (because of pino’s nestedKey or formatters.log)'
    warnings.warn(path.join('.'), what, `it is not read; ${remedy}log it at the top of the record`)
  })
}

/** Warns about an invalid `run`. Other records may have a field `run` too, so only one that looks like an end is reported. */
function reportRun(run: unknown, warnings: NameWarnings): void {
  if (!isBranch(run) || endIn(run)) return
  const { status, exitCode } = run as { status?: unknown; exitCode?: unknown }
  if (exitCode !== undefined)
    warnings.warn('run.exitCode', `${shortJson(exitCode)}, not a whole number`, 'it is ignored')
  else if (status !== undefined)
    warnings.warn('run.status', `${shortJson(status)}, not one of finished, failed, killed`)
}

function reportNested(branch: object, above: readonly string[], report: (path: readonly string[]) => void): void {
  for (const [key, value] of Object.entries(branch)) {
    if (!isBranch(value) || (above.length === 0 && Object.hasOwn(examples, key))) continue
    const { metrics, hparams, run } = value as Record<string, unknown>
    const here = [...above, key]
    if (holdsMetric(metrics)) report([...here, 'metrics'])
    if (isBranch(hparams) && Object.keys(hparams).length > 0) report([...here, 'hparams'])
    if (endIn(run)) report([...here, 'run'])
    if (here.length < maxDepth) reportNested(value, here, report)
  }
}

/** Reports whether an object has a metric at any depth. */
function holdsMetric(value: unknown): boolean {
  if (!isBranch(value)) return false
  return Object.values(value).some(
    (inner) => numberIn(inner) !== undefined || (isBranch(inner) && (isMetric(inner) || holdsMetric(inner))),
  )
}

/** Returns a value as JSON, cut to a length that fits into a warning. */
export function shortJson(value: unknown): string {
  return JSON.stringify(value).slice(0, 80)
}
