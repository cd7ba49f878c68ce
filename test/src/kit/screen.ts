/** What a terminal shows. */
import xterm from '@xterm/headless'

/**
 * Returns all lines that a terminal shows after this output: those that have scrolled away, and those of the screen.
 * Empty lines at the end are removed.
 */
export async function shownLines(
  output: string,
  { columns = 300, rows = 24 }: { columns?: number; rows?: number } = {},
): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(output, resolve))
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
}
