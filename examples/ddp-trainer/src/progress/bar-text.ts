import cliTruncate from 'cli-truncate'
import type { Progress } from './progress.ts'
import { progressName, progressNumbers } from './progress-text.ts'

const minBarWidth = 8
const maxBarWidth = 24

/**
 * Returns a line with a bar for each progress. The bars are aligned, and shorter if the terminal is narrow. If a line still does not fit
 * into the columns, all lines are without times and batches per second. A line that is still too long is cut.
 */
export function barLines(shown: readonly Progress[], columns: number): string[] {
  const nameWidth = Math.max(...shown.map((progress) => progressName(progress).length))
  const room = (numbers: readonly string[]) =>
    columns - nameWidth - '  '.length - Math.max(...numbers.map(({ length }) => length))
  const all = shown.map((progress) => progressNumbers(progress))
  const hasTimes = room(all) >= minBarWidth
  const numbers = hasTimes ? all : shown.map((progress) => progressNumbers(progress, { hasTimes }))
  const barWidth = Math.min(maxBarWidth, Math.max(minBarWidth, room(numbers)))
  return shown.map((progress, at) => {
    const name = progressName(progress).padEnd(nameWidth)
    return cliTruncate(`${name} ${barOf(progress, barWidth)} ${numbers[at]}`, columns)
  })
}

function barOf({ batch, batches }: Progress, width: number): string {
  const filled = batches > 0 ? Math.round((width * batch) / batches) : width
  return '━'.repeat(filled) + '─'.repeat(width - filled)
}
