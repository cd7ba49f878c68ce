/**
 * Measures every cell once a round. If the machine becomes slower or faster, all cells of a round are affected alike, so the
 * values of two cells in the same round are a pair. A cell that is in the list twice is the A/A control.
 *
 * @param onRound gets each round's number, from 1, as the round starts
 * @returns each cell's samples, in the order of the rounds
 */
export async function interleave<Cell, Sample>(
  cells: readonly Cell[],
  rounds: number,
  measure: (cell: Cell) => Promise<Sample>,
  onRound: (round: number) => void = () => {},
): Promise<Map<Cell, Sample[]>> {
  const samples = new Map(cells.map((cell) => [cell, [] as Sample[]]))
  for (let round = 0; round < rounds; round++) {
    onRound(round + 1)
    for (const cell of inOrder(cells, round)) samples.get(cell)?.push(await measure(cell))
  }
  return samples
}

/** Returns the cells in the order of a round. Every second round reverses the one before; then the start moves by one. */
export function inOrder<Cell>(cells: readonly Cell[], round: number): Cell[] {
  const start = Math.floor(round / 2) % cells.length
  const rotated = [...cells.slice(start), ...cells.slice(0, start)]
  return round % 2 ? rotated.reverse() : rotated
}
