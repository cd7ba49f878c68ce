/** The progress of a fit, on rank 0. */
export interface Progress {
  epoch: number
  /** -1 if there is no limit. */
  maxEpochs: number
  batch: number
  batches: number
  /** True when the training and the validation of the epoch are complete. */
  epochDone: boolean
  stepsPerSecond: number
  metrics: Record<string, number>
}

export type ProgressStyle = 'bar' | 'lines' | 'none'

const width = 24

/** Draws the progress on stderr: a bar that is redrawn in its line, or one line per epoch. */
export function drawProgress(
  progress: Progress,
  style: ProgressStyle,
  out: NodeJS.WritableStream = process.stderr,
): void {
  const { epoch, maxEpochs, batch, batches, epochDone } = progress
  if (style === 'none' || (style === 'lines' && !epochDone)) return
  const filled = Math.round((width * batch) / batches)
  const bar = style === 'bar' ? `${'━'.repeat(filled)}${'─'.repeat(width - filled)} ` : ''
  const metrics = Object.entries(progress.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`)
  const text = [
    `epoch ${epoch + 1}${maxEpochs < 0 ? '' : `/${maxEpochs}`} ${bar}${batch}/${batches}`,
    `${progress.stepsPerSecond.toFixed(1)} it/s`,
    ...metrics,
  ].join('  ')
  const end = epochDone ? '\n' : '\r' // leaves the cursor at the start of the line, so that other output overwrites the bar
  out.write(style === 'bar' ? `\x1b[2K${text}${end}` : `${text}\n`)
}
