import {
  type Cell,
  type Disk,
  type FailedCell,
  type Machine,
  type Noise,
  type Result,
  type Round,
  resultFormat,
} from './result.ts'

/** The keywords of JSON Schema, draft 2020-12, that the schema of a result uses. */
export interface Schema {
  $schema?: string
  $id?: string
  title?: string
  type?: Type | readonly Type[]
  const?: string | number
  enum?: readonly string[]
  minimum?: number
  minLength?: number
  pattern?: string
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema
  items?: Schema
  prefixItems?: readonly Schema[]
  minItems?: number
  maxItems?: number
}

export type Type = 'object' | 'array' | 'string' | 'number' | 'integer' | 'null'

const text: Schema = { type: 'string', minLength: 1 }
const count: Schema = { type: 'integer', minimum: 0 }
const atLeastOne: Schema = { type: 'integer', minimum: 1 }
const amount: Schema = { type: 'number', minimum: 0 }
/** An amount that may be unknown. */
const amountOrNull: Schema = { type: ['number', 'null'], minimum: 0 }
/** A difference, which noise may make negative. */
const difference: Schema = { type: 'number' }
const diskName: Schema = { enum: ['given', 'tmpfs', 'throttled', 'fsync'] }

/** Returns the schema of an object. The compiler checks that each property of the type has a schema. */
function object<Of>(
  properties: { [Key in keyof Required<Of>]: Schema },
  optional: readonly (keyof Of & string)[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !(optional as readonly string[]).includes(name))
  return { type: 'object', properties: properties as Record<string, Schema>, required }
}

const array = (items: Schema, limits: Pick<Schema, 'minItems' | 'maxItems'> = {}): Schema => ({
  type: 'array',
  items,
  ...limits,
})

const machine = object<Machine>({ cpu: text, cores: atLeastOne, memoryGB: amount, platform: text })

const disk = object<Disk>({ name: diskName, fileSystem: text, bytesPerSecond: amount, fsyncMs: amount, note: text }, [
  'bytesPerSecond',
  'fsyncMs',
  'note',
])

const timelineStep: Schema = {
  type: 'array',
  prefixItems: [difference, amount, amount, amount],
  minItems: 4,
  maxItems: 4,
}

const round = object<Round>(
  {
    steps: atLeastOne,
    p50: amount,
    p95: amount,
    p99: amount,
    max: amount,
    stallRank0: amount,
    stallOthers: amountOrNull,
    longestCall: amount,
    barrierLoss: difference,
    linesPerSecond: amount,
    bytes: count,
    writeCalls: { type: ['integer', 'null'], minimum: 0 },
    contextSwitches: count,
    cpu: amount,
    rss: amount,
    logged: count,
    found: count,
    torn: count,
    lost: count,
    twice: count,
    sample: array(amount, { maxItems: 2000 }),
    timeline: array(array(timelineStep, { maxItems: 40 })),
  },
  ['timeline'],
)

const cell = object<Cell>({
  disk: diskName,
  mode: text,
  ranks: atLeastOne,
  linesPerStep: count,
  lineBytes: count,
  part: { enum: ['modes', 'control', 'ranks', 'lines', 'bytes'] },
  rounds: array(round, { minItems: 1 }),
})

const failedCell = object<FailedCell>({
  disk: diskName,
  mode: text,
  ranks: atLeastOne,
  linesPerStep: count,
  lineBytes: count,
  error: text,
})

const noise = object<Noise>({ spread: amount, otherCpu: amountOrNull, warnings: array(text) })

/** JSON Schema of the figures that `--json` writes. Properties that it does not name are allowed. */
export const resultSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `ranklog-bench result, format ${resultFormat}`,
  ...object<Result>({
    format: { const: resultFormat },
    suite: { const: 'contention' },
    date: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d' },
    machine,
    versions: { type: 'object', additionalProperties: text },
    options: { type: 'object' },
    disks: array(disk, { minItems: 1 }),
    cells: array(cell),
    failed: array(failedCell),
    messages: array(text),
    noise,
  }),
}
