export interface TerminalSize {
  columns: number
  rows: number
}

/** Below this, bars would leave too few rows for other output. */
const minRows = 5

/**
 * Returns the size of a terminal. If `out` is not a terminal, the size is that of the variables COLUMNS and LINES: a program that
 * forwards our output to its own terminal sets them. Returns undefined if the size is unknown, or too small for bars.
 */
export function terminalSize(out: NodeJS.WriteStream): TerminalSize | undefined {
  const { COLUMNS, LINES, TERM } = process.env
  const [columns, rows] = out.isTTY ? [out.columns, out.rows] : [Number(COLUMNS), Number(LINES)]
  return TERM !== 'dumb' && columns > 0 && rows >= minRows ? { columns, rows } : undefined
}
