/** The other logging packages that modes need. They are optional, so they may not be installed. */
export const rivalNames = ['pino-roll', 'winston'] as const

export type Rival = (typeof rivalNames)[number]

/** One way to log. */
export interface Mode {
  name: string
  /** The ranks whose lines are written. */
  writers: 'none' | 'all' | '0'
  /** True for the sinks of pino-rank. */
  isOurs?: true
  /** The package that the mode needs. */
  rival?: Rival
  /** True if the ranks write to one pipe, which a reader copies to the file. */
  usesStdout?: true
  /** True if the lines are not written anywhere. */
  isSink?: true
  /** True if the mode can fsync after each line. Only such modes are measured on the `fsync` disk. */
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

/** The mode that the others are compared with. */
export const noLogging = 'no logging'

/** The mode that shows what the benchmark itself costs. */
export const noOpSink = 'no-op sink'

/** Returns the short names of a mode: `pino/file` for both modes of pino/file, `none` for no logging. */
export function shortNames(name: string): string[] {
  return name === noLogging ? ['none'] : name.includes(' to ') ? [name.replace(/ to .*/, '')] : []
}

/** Returns the mode with a name. @throws {Error} if there is none */
export function modeOf(name: string): Mode {
  const mode = modes.find((mode) => mode.name === name)
  if (!mode) throw new Error(`ranklog-bench: no mode "${name}"`)
  return mode
}

/** Returns how many ranks of a job write lines. */
export function writersOf({ writers }: Mode, ranks: number): number {
  return writers === 'all' ? ranks : writers === '0' ? 1 : 0
}
