/** Writes a whole buffer to a descriptor. A small entry point for programs that need nothing else of this package. */

export type { AsyncWrite, WriteAllOptions } from './system/index.ts'
export { writeAll, writeAllAsync } from './system/index.ts'
