import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { isResult, resultMisfit } from './check-result.ts'
import { cellOf, idleCells, resultOf, throttledDisk } from './result.test-kit.ts'
import type { Result } from './result.ts'
import { resultSchema } from './schema.ts'

const byAjv = new Ajv2020({ strict: true, allowUnionTypes: true }).compile({ ...resultSchema })

/** Returns a value as it is after writing it to a file and reading it. */
const read = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const step: [number, number, number, number] = [0, 5, 0.4, 0.1]
const failed = { disk: 'given', mode: 'split', ranks: 8, linesPerStep: 100, lineBytes: 300, error: 'it ended' } as const
const valid: Result = resultOf(
  [
    ...idleCells(),
    cellOf('gated', 6, { round: { stallOthers: Number.NaN, writeCalls: null, timeline: [[step, step], []] } }),
  ],
  {
    disks: [
      { name: 'given', fileSystem: 'ext4' },
      { ...throttledDisk, note: 'dirty pages are bounded' },
    ],
    failed: [failed],
    messages: ['"split": a rank wrote to stderr: a text'],
  },
)

/** Changes a copy of the valid result. */
type Damage = (result: {
  [key: string]: unknown
  cells: { [key: string]: unknown; rounds: { [key: string]: unknown; sample: unknown[] }[] }[]
  disks: Record<string, unknown>[]
  noise: Record<string, unknown>
}) => void

const last = 2
const damages: [path: string, damage: Damage][] = [
  ['format', (result) => (result.format = 1)],
  ['suite', (result) => (result.suite = 'merge')],
  ['date', (result) => (result.date = 'yesterday')],
  ['machine', (result) => delete result.machine],
  ['versions', (result) => (result.versions = ['20.20.2'])],
  ['versions.node', (result) => (result.versions = { node: 20 })],
  ['disks', (result) => result.disks.splice(0)],
  ['disks[0].name', (result) => Object.assign(result.disks[0] as object, { name: 'floppy' })],
  ['disks[1].bytesPerSecond', (result) => Object.assign(result.disks[1] as object, { bytesPerSecond: -1 })],
  ['cells', (result) => Object.assign(result, { cells: {} })],
  ['cells[2].mode', (result) => Object.assign(result.cells[last] as object, { mode: '' })],
  ['cells[2].part', (result) => Object.assign(result.cells[last] as object, { part: 'others' })],
  ['cells[2].ranks', (result) => Object.assign(result.cells[last] as object, { ranks: 1.5 })],
  ['cells[2].rounds', (result) => result.cells[last]?.rounds.splice(0)],
  ['cells[2].rounds[1].p99', (result) => delete result.cells[last]?.rounds[1]?.p99],
  ['cells[2].rounds[1].p99', (result) => Object.assign(result.cells[last]?.rounds[1] as object, { p99: null })],
  ['cells[2].rounds[1].lost', (result) => Object.assign(result.cells[last]?.rounds[1] as object, { lost: -1 })],
  ['cells[2].rounds[1].sample[3]', (result) => result.cells[last]?.rounds[1]?.sample.push('6')],
  [
    'cells[2].rounds[1].timeline[0][0]',
    (result) => Object.assign(result.cells[last]?.rounds[1] as object, { timeline: [[[0, 5, 1]]] }),
  ],
  ['failed[0].error', (result) => Object.assign(result, { failed: [{ ...failed, error: '' }] })],
  ['messages[0]', (result) => Object.assign(result, { messages: [7] })],
  ['noise.otherCpu', (result) => (result.noise.otherCpu = '3 %')],
  ['noise.warnings[0]', (result) => (result.noise.warnings = [7])],
]

t.test('a result that is read from its file fits the schema', async (t) => {
  t.equal(resultMisfit(read(valid)), undefined)
  t.equal(byAjv(read(valid)), true, JSON.stringify(byAjv.errors))
  const later = { ...valid, cells: valid.cells.map((cell) => ({ ...cell, newProperty: 1 })), newProperty: {} }
  t.equal(isResult(read(later)), true, 'a result with properties of a later version')
})

for (const [path, damage] of damages) {
  t.test(`a result with an invalid value at ${path} does not fit the schema`, async (t) => {
    const broken = read(valid)
    damage(broken as never)
    t.equal(resultMisfit(broken)?.path, path)
    t.equal(byAjv(broken), false)
  })
}

t.test('a value that is not an object does not fit the schema', async (t) => {
  for (const value of [null, undefined, 1, 'text', [], [valid]]) t.equal(isResult(value), false)
})

t.test('if any part of a result is replaced by any value, our check and ajv agree', async () => {
  const places = pathsOf(read(valid))
  const anything = fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom('given', 'modes', 1, -1, 0.5, null, []))
  fc.assert(
    fc.property(fc.constantFrom(...places), anything, (place, value) => {
      const changed = read(valid)
      const holder = place.slice(0, -1).reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], changed)
      ;(holder as Record<string, unknown>)[place.at(-1) as string] = value
      return isResult(changed) === byAjv(changed)
    }),
    { numRuns: 500 },
  )
})

/** Returns the paths of all values inside a value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))
  return path.length > 0 ? [path, ...inside] : inside
}
