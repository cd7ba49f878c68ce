import { readSync } from 'node:fs'
import { answerBytes } from '../collector/index.ts'

const bytes = Buffer.alloc(64 * answerBytes)

/** What a collector has said and is not read yet, without waiting. `isOver`: it says no more. */
export function answersOf(fd: number): { answers: number[]; isOver: boolean } {
  const answers: number[] = []
  try {
    for (;;) {
      const length = readSync(fd, bytes)
      for (let at = 0; at < length; at += answerBytes) answers.push(bytes.readDoubleLE(at))
      if (length === 0) return { answers, isOver: true }
      if (length < bytes.length) return { answers, isOver: false }
    }
  } catch (error) {
    return { answers, isOver: (error as NodeJS.ErrnoException).code !== 'EAGAIN' }
  }
}
