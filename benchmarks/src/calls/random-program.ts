import { below, chance, pick, type Random } from '../random.ts'
import { childNames, type Program, rootName, type Step } from './program.ts'
import { randomOptions } from './random-options.ts'
import { fieldNames, formats, valueKinds } from './values.ts'

const maxSteps = 24

/** Methods that most loggers do not have. */
const rareMethods = ['audit', 'deep', 'loud', 'half', 'AUDIT', 'own', 'nope']

/** Expressions with a logger that do not log. */
const otherExpressions: readonly Omit<Step, 'on'>[] = [
  { before: '.level', args: [], after: '' },
  { before: '.levelVal', args: [], after: '' },
  { before: '.levelVal = ', args: ['30'], after: '' },
  { before: '.levels', args: [], after: '' },
  { before: '.msgPrefix', args: [], after: '' },
  { before: '.version', args: [], after: '' },
  { before: '[Symbol.toStringTag]', args: [], after: '' },
  { before: '.constructor.name', args: [], after: '' },
  { before: '.bindings(', args: [], after: ')' },
  { before: '.flush(', args: [], after: ')' },
  { before: '.flush(', args: ['flushed'], after: ')' },
  { before: '.flush(', args: ["'text'"], after: ')' },
  { before: ".on('level-change', (...values) => note(...values.slice(0, 4)))", args: [], after: '' },
  { before: '.info.call(', args: ['undefined', "'detached'"], after: ')' },
  { before: ' && turn(', args: [], after: ')' },
  { before: ' && turn(', args: [], after: ')' },
]

/** Returns a random program. The same generator gives the same program. */
export function randomProgram(random: Random): Program {
  const { options, labels } = randomOptions(random)
  const levels = Array.from({ length: 1 + below(random, 3) }, () => pick(random, labels))
  const free = [...childNames]
  const steps = Array.from({ length: 1 + below(random, maxSteps) }, () => randomStep(random, labels, free))
  return { options, levels, dedupe: chance(random, 0.4), steps }
}

/** @param free names of children that are not used yet. A step that creates a child takes one of them. */
function randomStep(random: Random, labels: readonly string[], free: string[]): Step {
  const made = childNames.slice(0, childNames.length - free.length)
  const on = pick(random, [rootName, rootName, ...made])
  const kind = random()
  if (kind < 0.7) return { on, before: `.${method(random, labels)}(`, args: logArguments(random), after: ')' }
  if (kind < 0.79 && free.length > 0) return childStep(random, on, labels, free.shift() as string)
  if (kind < 0.83) return { on, before: '.setBindings(', args: [object(random, 2)], after: ')' }
  if (kind < 0.88) return { on, before: '.level = ', args: [level(random, labels)], after: '' }
  if (kind < 0.9) return { on, before: '.isLevelEnabled(', args: [level(random, labels)], after: ')' }
  return { on, ...pick(random, otherExpressions) }
}

function childStep(random: Random, on: string, labels: readonly string[], makes: string): Step {
  const bindings = chance(random, 0.85) ? object(random, 2) : value(random, 1)
  const args = chance(random, 0.6) ? [bindings, childOptions(random, labels)] : [bindings]
  return { makes, on, before: '.child(', args, after: ')' }
}

function childOptions(random: Random, labels: readonly string[]): string {
  if (chance(random, 0.05)) return pick(random, ['null', '{}', "'text'", 'Object.create(null)', '[]'])
  const options: string[] = []
  const add = (probability: number, text: () => string) => chance(random, probability) && options.push(text())
  add(0.4, () => `level: ${level(random, labels)}`)
  add(0.25, () => `msgPrefix: ${pick(random, ["'[c] '", "''", '5'])}`)
  add(0.2, () => `serializers: ${pick(random, serializers)}`)
  add(0.2, () => `redact: ${pick(random, redactions)}`)
  add(0.2, () => `formatters: ${pick(random, formatters)}`)
  add(0.12, () => `customLevels: ${pick(random, ['{ own: 33 }', '{ info: 3 }', '{ own: 30 }', '{ deep: 1 }', '{}'])}`)
  return `{ ${options.join(', ')} }`
}

const serializers = [
  "{ a: () => 'child' }",
  "{ b() { throw new Error('child serializer') } }",
  "{ [Symbol('s')]: () => 1 }",
  'null',
  'undefined',
]

const redactions = ["['a']", "{ paths: ['*.b'], censor: 'C' }", "{ paths: ['users'], remove: true }", 'null', "'a'"]

const formatters = [
  '{ bindings: (given) => ({ ...given, child: 1 }) }',
  '{ log: (object) => ({ logged: Object.keys(object).length }) }',
  '{ level: (label) => ({ level: label }) }',
  '{}',
]

function method(random: Random, labels: readonly string[]): string {
  return chance(random, 0.04) ? pick(random, rareMethods) : pick(random, labels).slice(1, -1)
}

/** Returns a random level. Low levels are more frequent, because more calls are then written. */
function level(random: Random, labels: readonly string[]): string {
  if (chance(random, 0.4)) return labels[0] as string
  return chance(random, 0.9) ? pick(random, labels) : pick(random, ["'INFO'", '30', '35', "'nope'", 'undefined', 'NaN'])
}

function logArguments(random: Random): string[] {
  const first = random()
  const args = [first < 0.45 ? object(random, 3) : first < 0.6 ? pick(random, formats) : value(random, 2)]
  while (chance(random, 0.55) && args.length < 5) {
    args.push(args.length === 1 && chance(random, 0.4) ? pick(random, formats) : value(random, 2))
  }
  return chance(random, 0.03) ? [] : args
}

/** Returns an object with random fields, or one of the objects in `values.ts`. */
function object(random: Random, depth: number): string {
  if (depth === 0 || chance(random, 0.3)) return value(random, 0)
  const fields = Array.from(
    { length: below(random, 4) },
    () => `${pick(random, fieldNames)}: ${value(random, depth - 1)}`,
  )
  return `{ ${fields.join(', ')} }`
}

function value(random: Random, depth: number): string {
  if (depth > 0 && chance(random, 0.2)) {
    return chance(random, 0.3) ? `[${value(random, depth - 1)}, ${value(random, depth - 1)}]` : object(random, depth)
  }
  const text = pick(random, pick(random, valueKinds))
  return text.startsWith('function') || text.startsWith('class') ? `(${text})` : text
}
