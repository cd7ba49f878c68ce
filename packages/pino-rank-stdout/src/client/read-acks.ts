import { readSync } from 'node:fs'
import { ackBytes } from '../collector/index.ts'

const bytes = Buffer.alloc(64 * ackBytes)

/** Reads the acknowledgements that have come, without waiting. `isClosed`: no more will come. */
export function readAcks(fd: number): { acks: number[]; isClosed: boolean } {
  const acks: number[] = []
  try {
    for (;;) {
      const length = readSync(fd, bytes)
      for (let at = 0; at < length; at += ackBytes) acks.push(bytes.readDoubleLE(at))
      if (length === 0) return { acks, isClosed: true }
      if (length < bytes.length) return { acks, isClosed: false }
    }
  } catch (error) {
    return { acks, isClosed: (error as NodeJS.ErrnoException).code !== 'EAGAIN' }
  }
}
