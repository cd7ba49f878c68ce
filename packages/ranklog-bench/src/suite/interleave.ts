/**
 * Measures every cell once a round. A machine's drift falls on all cells of a round alike, so the values of two cells
 * in the same round are a pair; a cell that stands twice in the list is the A/A control.
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

/** Every second round walks back the way of the one before; then the start moves on by one. */
export function inOrder<Cell>(cells: readonly Cell[], round: number): Cell[] {
  const start = Math.floor(round / 2) % cells.length
  const rotated = [...cells.slice(start), ...cells.slice(0, start)]
  return round % 2 ? rotated.reverse() : rotated
}
