import { below, pick, type Random } from './random.ts'

/** Returns a random line without its newline: a record, an object that is similar, or a broken record. */
export function randomLine(random: Random): Buffer {
  const kind = random()
  if (kind < 0.05) return Buffer.from(Array.from({ length: below(random, 80) }, () => notNewline(random)))
  const text = kind < 0.5 ? pinoRecord(random) : object(random, 2, true)
  const line = Buffer.from(text)
  return random() < 0.4 ? broken(random, line) : line
}

function pinoRecord(random: Random): string {
  const level = pick(random, ['10', '30', '60', '100', '"info"'])
  return `{"level":${level},"time":${time(random)},${object(random, 1, false).slice(1)}`.replace(',}', '}')
}

function time(random: Random): string {
  const ms = Math.floor(1.9e12 * random())
  switch (below(random, 12)) {
    case 0:
      return String(ms / 1000)
    case 1:
      return `"${ms}000000"`
    case 2:
      return pick(random, [
        'null',
        'true',
        '-1',
        '0',
        '1e12',
        '1.7e12',
        '""',
        '"never"',
        '[]',
        '{"time":1}',
        '99999999999999999999',
      ])
    case 3:
      return `"${new Date(ms).toISOString()}"`
    case 4:
      return `"${new Date(ms).toISOString().replace(/\.\d+/, '')}"`
    case 5:
      return `"${new Date(ms).toISOString().replace('Z', pick(random, ['+01:00', '', 'z', ' Z']))}"`
    case 6:
      return `"${String(2000 + below(random, 60))}-${two(random, 14)}-${two(random, 33)}T${two(random, 26)}:${two(random, 62)}:${two(random, 62)}Z"`
    case 7:
      return String(ms).slice(0, 1 + below(random, 13))
    case 8:
      return `${ms}${below(random, 1000)}`
    default:
      return String(1_600_000_000_000 + Math.floor(2e11 * random()))
  }
}

const names = [
  'msg',
  'time',
  'a',
  'step',
  'timestamp',
  'tim\\u0065',
  'a"b'.replace('"', '\\"'),
  'ä',
  '',
  'level',
  '\\\\',
]

function object(random: Random, depth: number, timed: boolean): string {
  const fields = Array.from({ length: below(random, 5) }, () => `"${pick(random, names)}":${value(random, depth)}`)
  if (timed && random() < 0.8) fields.splice(below(random, fields.length + 1), 0, `"time":${time(random)}`)
  const [comma, colon] = random() < 0.8 ? [',', ':'] : [' ,\t', ' : ']
  return `{${fields.map((field) => (colon === ':' ? field : field.replace('":', `"${colon}`))).join(comma)}}`
}

function value(random: Random, depth: number): string {
  switch (below(random, depth > 0 ? 7 : 5)) {
    case 0:
      return String(Math.floor(1e6 * random()) / 1000)
    case 1:
      return pick(random, ['true', 'false', 'null', '-0', '1e-7', '[]', '{}'])
    case 2:
      return time(random)
    case 5:
      return `[${value(random, depth - 1)},${value(random, depth - 1)}]`
    case 6:
      return object(random, depth - 1, random() < 0.3)
    default:
      return JSON.stringify(Array.from({ length: below(random, 30) }, () => pick(random, letters)).join(''))
  }
}

const letters = [
  ...'abcxyz 0123{}[],:"\\/',
  'ä',
  '€',
  '😀',
  '\ud800',
  '\t',
  '\r',
  '\0',
  '"time":1700000000000',
  '\u2028',
]

/** Changes, adds or removes some bytes of a line. */
function broken(random: Random, line: Buffer): Buffer {
  let bytes = line
  for (let left = 1 + below(random, 3); left > 0 && bytes.length > 0; left--) {
    const at = below(random, bytes.length)
    const kind = below(random, 4)
    if (kind === 0) bytes = bytes.subarray(0, at)
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 4))])
    else {
      const other = Buffer.of(
        random() < 0.5 ? pick(random, [34, 44, 58, 92, 123, 125, 91, 93, 48, 57]) : notNewline(random),
      )
      bytes = Buffer.concat([bytes.subarray(0, at), other, bytes.subarray(kind === 2 ? at + 1 : at)])
    }
  }
  return bytes
}

function notNewline(random: Random): number {
  const byte = below(random, 256)
  return byte === 10 ? 32 : byte
}

function two(random: Random, end: number): string {
  return String(below(random, end)).padStart(2, '0')
}
