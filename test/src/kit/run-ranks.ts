/** Ranks that `ranklog run` starts, and checks of their output. */
import type { Test } from 'tap'

/** Returns the command of a rank that runs `code`, which may use `rank`, `attempt` and `say`. */
export const rankOf = (code: string): string[] => [
  process.execPath,
  '-e',
  `const rank = Number(process.env.RANK), attempt = Number(process.env.TORCHELASTIC_RESTART_COUNT)
  const say = (fields) => console.log(JSON.stringify({ level: 30, time: Date.now(), rank, ...fields }))
  ${code}`,
]

/** Returns the records in a text, without its other lines. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
export const records = (text: Buffer | string): any[] =>
  String(text)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** Checks that all records of each rank are there, in order of their steps. */
export function complete(t: Test, found: readonly { rank: number; step: number }[], counts: readonly number[]): void {
  const stepsOf = new Map(counts.map((_, rank): [number, number[]] => [rank, []]))
  for (const { rank, step } of found) stepsOf.get(rank)?.push(step)
  for (const [rank, count] of counts.entries()) {
    const steps = stepsOf.get(rank) ?? []
    t.strictSame(steps.length, count, `rank ${rank}`)
    t.ok(
      steps.every((step, at) => step === at),
      `rank ${rank} is in order`,
    )
  }
}
