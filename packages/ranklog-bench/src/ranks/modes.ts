/** The packages of others that modes need and that may not be installed. */
export const rivalNames = ['pino-roll', 'winston'] as const

export type Rival = (typeof rivalNames)[number]

/** One way to log. */
export interface Mode {
  name: string
  /** Which ranks' lines are written. */
  writers: 'none' | 'all' | '0'
  /** True: ours, with a gate or a merge. */
  isOurs?: true
  /** The package that it needs. */
  rival?: Rival
  /** True: the ranks write to a pipe that they share, and a reader copies it to the file. */
  usesStdout?: true
  /** True: its lines go nowhere. */
  isSink?: true
  /** True: it can fsync after each line, so that it is measured on the `fsync` disk. */
  canFsync?: true
}

/** All modes, in the order of the report. */
export const modes: readonly Mode[] = [
  { name: 'no logging', writers: 'none', canFsync: true },
  { name: 'no-op sink', writers: 'all', isSink: true, canFsync: true },
  { name: 'pino/file to one file', writers: 'all', canFsync: true },
  { name: 'pino/file to N files', writers: 'all', canFsync: true },
  { name: 'pino-roll to N files', writers: 'all', rival: 'pino-roll', canFsync: true },
  { name: 'winston to one file', writers: 'all', rival: 'winston' },
  { name: 'winston to N files', writers: 'all', rival: 'winston' },
  { name: 'appendFileSync to one file', writers: 'all' },
  { name: 'appendFileSync to N files', writers: 'all' },
  { name: 'appendFileSync + fsync to N files', writers: 'all', canFsync: true },
  { name: 'gated', writers: '0', isOurs: true, canFsync: true },
  { name: 'split', writers: 'all', isOurs: true, canFsync: true },
  { name: 'stdout', writers: 'all', isOurs: true, usesStdout: true },
  { name: 'collected', writers: 'all', isOurs: true, usesStdout: true },
]

export const modeNames: readonly string[] = modes.map(({ name }) => name)

/** What the others are compared with. */
export const noLogging = 'no logging'

/** What shows the cost of the harness itself. */
export const noOpSink = 'no-op sink'

/** Returns what else a user may call a mode: `pino/file` for both modes of pino/file, `none` for no logging. */
export function shortNames(name: string): string[] {
  return name === noLogging ? ['none'] : name.includes(' to ') ? [name.replace(/ to .*/, '')] : []
}

/** @throws {Error} where there is no such mode */
export function modeOf(name: string): Mode {
  const mode = modes.find((mode) => mode.name === name)
  if (!mode) throw new Error(`ranklog-bench: no mode "${name}"`)
  return mode
}

/** Returns how many ranks of a job write lines. */
export function writersOf({ writers }: Mode, ranks: number): number {
  return writers === 'all' ? ranks : writers === '0' ? 1 : 0
}
