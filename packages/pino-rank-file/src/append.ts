import { appendEnd } from './writer/append-end.ts'
import { appendLine } from './writer/append-line.ts'
import { atExit, exiting } from './writer/at-exit.ts'
import type { LineFileSettings } from './writer/line-file-options.ts'

/**
 * How a rank on which nothing is open writes its rare errors: each line is appended from the calling thread, and the
 * descriptor closed, before the call returns. A process killed right after keeps it.
 */
export function appendTo(settings: LineFileSettings): (line: string) => void {
  const file = appendEnd(settings)
  let settles = settings.rotation !== undefined
  return (line) => {
    appendLine(settings.name, file, line)
    if (exiting()) file.settle()
    else if (settles) atExit(() => file.settle())
    settles = false
  }
}
