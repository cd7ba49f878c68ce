/** A memory, and what finds lines in it and copies them: see assembly/kernel.ts. Places are offsets in the memory. */
export interface Kernel {
  readonly bytes: Uint8Array
  scan: Scan
  emit: Emit
}

export type Scan = (
  start: number,
  limit: number,
  ends: number,
  times: number,
  most: number,
  before: number,
  key: number,
  keyLength: number,
  leads: boolean,
) => number

export type Emit = (
  index: number,
  count: number,
  from: number,
  to: number,
  out: number,
  limit: number,
  result: number,
) => number

/** What a line's time is that the kernel does not know. */
export const unknownTime = -1
