import type { Progress, ProgressStyle } from './progress.ts'
import { progressLine } from './progress-text.ts'
import { terminalSize } from './terminal-size.ts'

/** Shows the progress of a job to a user. */
export interface ProgressDisplay {
  show(progress: Progress): void
  close(): void
}

/**
 * Returns a display on stderr. It loads the libraries that draw only if it is a bar. Without a terminal a bar becomes lines.
 *
 * @param style by default a bar on a terminal
 */
export async function openProgressDisplay(
  style: ProgressStyle = process.stderr.isTTY ? 'bar' : 'lines',
): Promise<ProgressDisplay> {
  const { stderr: out } = process
  if (style === 'bar' && terminalSize(out)) {
    const { ProgressBar } = await import('./progress-bar.ts')
    return new ProgressBar(out)
  }
  return { show: (progress) => style !== 'none' && writeLine(progress, out), close() {} }
}

/** Writes a line for each epoch and task that is complete. */
function writeLine(progress: Progress, out: NodeJS.WritableStream): void {
  if (progress.isDone) out.write(`${progressLine(progress)}\n`)
}
