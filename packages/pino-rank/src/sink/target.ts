import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OptionChecker, RankError } from '../errors/index.ts'
import { GatedWritable, type TargetStream } from '../gate/index.ts'
import { absoluteDestination } from '../process/index.ts'
import { type GateOptions, gateOptionKeys, givenGateKeys, type SinkDeclaration } from './declaration.ts'
import { jsonGate } from './json-gate.ts'
import { keepPinoConfig, withoutPinoFields } from './pino-config.ts'
import { readDeclaration } from './read-declaration.ts'
import { resolveTarget } from './resolve-target.ts'
import { rejectSignalOptions } from './signal-options.ts'

/** Options of the target `pino-rank/target`. */
export interface GatedTargetOptions extends GateOptions {
  /** The target behind the gate, as pino takes it. */
  target: string
  /** The options of that target. */
  options?: Record<string, unknown>
  /** File (path or file: URL) from which `target` resolves. @default the working directory */
  from?: string
}

const check = new OptionChecker('pino-rank/target')
const targetKeys = ['target', 'options', 'from']

/** The declaration of this target, with which `rankLogger` passes its decision on. The sink behind it declares which ranks write. */
export const rank: SinkDeclaration<GatedTargetOptions> = {
  ranks: '0',
  others: 'error',
  check: (given: GatedTargetOptions, self, levels) => {
    check.rejectUnknownKeys(given, [...targetKeys, ...givenGateKeys])
    const { target, options, from } = given
    const declared = declarationOf(target, from)
    declared?.check?.((options ?? {}) as never, self, levels)
    if (declared) rejectSignalOptions(declared, target, options ?? {}, `give rankLogger the target "${target}" itself`)
  },
  inner: ({ target, from }: GatedTargetOptions) => declarationOf(target, from),
  checkRanks: (ranks, self, { target, from, options }: GatedTargetOptions) =>
    declarationOf(target, from)?.checkRanks?.(ranks, self, (options ?? {}) as never),
}

/**
 * Returns a stream to any target, behind this rank's gate, for a logger that is configured in pure JSON. On a rank that is gated
 * out, the target is built at the first record that the gate lets through. It costs a worker on every rank, so use `rankLogger`
 * where code is possible.
 *
 * @throws {RankError} what `rankLogger` throws, in the worker: pino emits it as 'error' of the transport
 */
export default async function rankTarget(given: GatedTargetOptions): Promise<GatedWritable> {
  const config = withoutPinoFields(given)
  check.rejectUnknownKeys(config, [...targetKeys, ...gateOptionKeys])
  const { target, options, from, gate, cwd = process.cwd() } = config
  const file = locate(target, `${cwd}/`, from)
  const declared = readDeclaration(file, target)
  const { rank: self, open, lines } = jsonGate(given, declared, options ?? {})
  const withConfig = keepPinoConfig()
  const own = declared ? { ...options, rank: self, gate: false, open, cwd } : absoluteDestination(target, options, cwd)
  const stream = new GatedWritable(lines, () => withConfig(async () => (await load(file))(own)))
  if (open || gate === false) await stream.open()
  return stream
}

function declarationOf(target: string, from?: string): SinkDeclaration | undefined {
  return readDeclaration(locate(target, `${process.cwd()}/`, from), target)
}

function locate(target: string, here: string, from?: string): string {
  const file = resolveTarget(target === 'pino/file' ? 'pino/file.js' : target, [from ?? here, here, import.meta.url])
  return isAbsolute(file) ? pathToFileURL(file).href : file
}

async function load(file: string): Promise<(options: unknown) => Promise<TargetStream>> {
  let module = await import(file)
  while (typeof module === 'object' && module) module = module.default // twice for CommonJS that was transpiled from ESM
  if (typeof module === 'function') return module
  throw new RankError('TARGET_NOT_FOUND', {
    package: 'pino-rank/target',
    at: 'option "target"',
    expected: 'a module whose default export is a function',
    received: file,
    fix: 'name a pino transport',
  })
}
