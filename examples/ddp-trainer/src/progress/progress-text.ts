import { escapeLine } from 'pino-rank/sink'
import type { Progress } from './progress.ts'

/** Returns what is in progress, for example `epoch 1/6` or `validation`. */
export function progressName({ stage, epoch, maxEpochs }: Progress): string {
  if (stage !== 'train') return stage
  return `epoch ${epoch + 1}${maxEpochs < 0 ? '' : `/${maxEpochs}`}`
}

/** Returns the numbers of a progress: batches, elapsed and remaining time, batches per second, and metrics. */
export function progressNumbers(
  { batch, batches, elapsedMs, isDone, metrics }: Progress,
  { hasTimes = true }: { hasTimes?: boolean } = {},
): string {
  const rate = elapsedMs > 0 ? (batch * 1000) / elapsedMs : 0
  const elapsed = timeText(elapsedMs / 1000)
  const times = [
    isDone ? elapsed : `${elapsed} • ${timeText((batches - batch) / rate)}`,
    `${rate.toFixed(rate < 1 ? 2 : 1)} it/s`,
  ]
  const values = Object.entries(metrics).map(([name, value]) => `${escapeLine(name)} ${valueText(value)}`)
  return [`${batch}/${batches}`, ...(hasTimes ? times : []), ...values].join('  ')
}

/** Returns the line of a complete epoch or task. */
export function progressLine(progress: Progress): string {
  return `${progressName(progress)} ${progressNumbers(progress)}`
}

/** Returns a time in seconds as `h:mm:ss`. */
function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-:--:--'
  const whole = Math.round(seconds)
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'))
  return `${Math.floor(whole / 3600)}:${minutes}:${rest}`
}

function valueText(value: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 0.001
  return isSmall ? value.toExponential(3) : value.toFixed(4)
}
