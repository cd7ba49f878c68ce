import cliTruncate from 'cli-truncate'
import type { Progress } from './progress.ts'
import { progressName, progressNumbers } from './progress-text.ts'

const minBarWidth = 8
const maxBarWidth = 24

/**
 * Returns a line with a bar for each progress. The bars are aligned, and shorter if the terminal is narrow. A line that still does
 * not fit into the columns is cut.
 */
export function barLines(shown: readonly Progress[], columns: number): string[] {
  const nameWidth = Math.max(...shown.map((progress) => progressName(progress).length))
  const texts = shown.map((progress) => [progressName(progress).padEnd(nameWidth), progressNumbers(progress)] as const)
  const room = columns - Math.max(...texts.map(([name, numbers]) => `${name}  ${numbers}`.length))
  const barWidth = Math.min(maxBarWidth, Math.max(minBarWidth, room))
  return texts.map(([name, numbers], at) =>
    cliTruncate(`${name} ${barOf(shown[at] as Progress, barWidth)} ${numbers}`, columns),
  )
}

function barOf({ batch, batches }: Progress, width: number): string {
  const filled = batches > 0 ? Math.round((width * batch) / batches) : width
  return '━'.repeat(filled) + '─'.repeat(width - filled)
}
