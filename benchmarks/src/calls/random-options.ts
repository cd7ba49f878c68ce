import { chance, pick, type Random } from '../random.ts'

/** Options of a logger as source text, and the labels of its levels. */
export interface RandomOptions {
  /** Each is a property of an object literal, for example `level: 'debug'`. */
  options: string[]
  /** Labels as source text, `silent` among them. */
  labels: string[]
}

const standard = ["'trace'", "'debug'", "'info'", "'warn'", "'error'", "'fatal'"]

/** Custom levels, with their labels. */
const customLevels: readonly (readonly [text: string, labels: readonly string[]])[] = [
  ['{ audit: 35 }', ["'audit'"]],
  ['{ audit: 35, deep: -1, loud: 61 }', ["'audit'", "'deep'", "'loud'"]],
  ['{ half: 0.5, audit: 55.5 }', ["'half'", "'audit'"]],
  ['{ AUDIT: 35 }', ["'AUDIT'"]],
  ['{ info: 5 }', ["'info'"]],
  ['{ error: 20, audit: 51 }', ["'error'", "'audit'"]],
  ['{ audit: 30 }', ["'audit'"]],
  ['{ info: 31, audit: 32 }', ["'info'", "'audit'"]],
  ['{}', []],
  ['null', []],
]

/** Values of each option that changes the written lines. */
const choices: Record<string, readonly string[]> = {
  name: ["'app'", "''", '5', 'null', 'undefined'],
  base: ['null', 'undefined', '{}', "{ a: 1, name: 'base' }", '{ pid: 1, level: 5 }', "'abc'", 'false', '[1]'],
  messageKey: ["'message'", "''", "'err'", "'a'"],
  errorKey: ["'error'", "'msg'", "''"],
  nestedKey: ["'payload'", "''", 'null', "'quo\"ted'"],
  crlf: ['true', 'false'],
  msgPrefix: ["'[p] '", "''", "'%s '"],
  depthLimit: ['1', '2', '100'],
  edgeLimit: ['1', '2', '1000'],
  enabled: ['false', 'true', 'undefined'],
  timestamp: [
    'false',
    'null',
    'true',
    '() => \',"t":1\'',
    "() => ''",
    '(() => { let n = 0; return () => \',"time":\' + n++ })()',
    "(() => { let n = 0; return () => { if (n++ === 3) throw new Error('time'); return '' } })()",
    'pino.stdTimeFunctions.isoTime',
    'pino.stdTimeFunctions.isoTimeNano',
    'pino.stdTimeFunctions.unixTime',
    'pino.stdTimeFunctions.nullTime',
  ],
  serializers: [
    'null',
    '{ err: pino.stdSerializers.err, a: (v) => ({ was: typeof v }) }',
    '{ err: (e) => e && e.message, password: () => undefined }',
    "{ a() { throw new Error('serializer') }, b: () => 10n, msg: (m) => '<' + String(m) }",
    "{ a() { throw 'text' }, users: (u) => u.length }",
    "{ a: () => () => 1, b: () => Symbol('s'), name: String }",
    "{ [Symbol.for('pino.*')]: () => ({ all: 1 }), [Symbol('other')]: () => 1 }",
    '{ error: pino.stdSerializers.errWithCause, msg: () => undefined }',
  ],
  redact: [
    'null',
    "['password']",
    "['a.b', '*.password']",
    "['*']",
    "['users[*].token', 'a[\"b\"].c']",
    "['err.message', 'msg']",
    "{ paths: ['a.b.c', 'password'], censor: 'X' }",
    "{ paths: ['a.b', 'users[0].token'], censor: (value, path) => typeof value + path.join('/') }",
    "{ paths: ['a', 'users[*]'], remove: true }",
    "{ paths: ['*.b'], censor: () => { throw new Error('censor') } }",
    '{ paths: [] }',
  ],
  formatters: [
    'null',
    '{ level: (label, number) => ({ severity: label.toUpperCase(), number }) }',
    '{ level: (label) => ({ level: label }) }',
    '{ bindings: ({ pid, ...rest } = {}) => rest }',
    '{ bindings: (given) => ({ ...given, added: 1 }) }',
    '{ bindings: () => ({}) }',
    '{ log: (object) => ({ ...object, logged: 1 }) }',
    "{ log: (object) => { if (object.a) throw new Error('formatter'); return object } }",
    '{ log: () => null }',
  ],
  mixin: [
    '() => ({ m: 1 })',
    '(object, number, logger) => ({ number, level: logger.level, has: Object.keys(object).length })',
    '() => null',
    '() => undefined',
    "() => { throw new Error('mixin') }",
    "((busy) => (o, n, l) => { if (!busy) { busy = true; l.warn('from a mixin'); busy = false } return { n } })(false)",
  ],
  mixinMergeStrategy: ['(object, mixed) => ({ ...mixed, ...object })', '(object, mixed) => mixed', '() => null'],
  hooks: [
    '{}',
    '{ logMethod(args, method) { method.apply(this, args) } }',
    '{ logMethod(args, method, level) { method.call(this, { level }, ...args.reverse()) } }',
    '{ logMethod(args, method) { method.apply(this, args); method.apply(this, args) } }',
    '{ logMethod() {} }',
    "{ logMethod(args) { throw new Error('hook of ' + args.length) } }",
    "{ streamWrite: (line) => line.replaceAll('a', 'b') }",
    '{ streamWrite: (line) => line + line }',
    "{ streamWrite: () => '' }",
    '{ streamWrite: (line) => line.trim() }',
    '{ streamWrite: (line) => Buffer.from(line) }',
    '{ streamWrite: () => undefined }',
    '{ streamWrite: () => 5 }',
    "{ streamWrite: () => { throw new Error('streamWrite') } }",
  ],
  onChild: ["(child) => note('child', child.level, child.bindings())", "() => { throw new Error('onChild') }", 'null'],
}

/** Options that pino rejects. */
const invalid = [
  "level: 'nope'",
  'level: null',
  'level: {}',
  "mixin: 'text'",
  'msgPrefix: 5',
  'depthLimit: -1',
  "edgeLimit: 'many'",
  "redact: { paths: 'a' }",
  "redact: ['a..b']",
  'redact: [5]',
  'prettyPrint: true',
  "levelComparison: 'UP'",
  'formatters: { level: 5 }',
  "timestamp: () => { throw new Error('time') }",
  "base: { get a() { throw new Error('base') } }",
  "customLevels: { get a() { throw new Error('levels') } }",
]

/** Options for which our documents say that rankLogger differs from pino. */
const documentedDifferences = ["levelComparison: 'DESC'", "levelComparison: 'ASC'", 'levelComparison: (a, b) => a >= b']

/** Returns random options, in the order of an object literal. */
export function randomOptions(random: Random): RandomOptions {
  const options: string[] = []
  const [custom, labels]: [string?, (readonly string[])?] = chance(random, 0.3) ? [...pick(random, customLevels)] : []
  const isOnly = chance(random, custom === undefined ? 0.01 : 0.25)
  if (custom !== undefined) options.push(`customLevels: ${custom}`)
  if (isOnly) options.push('useOnlyCustomLevels: true')
  const known = [...(isOnly ? [] : standard), ...(labels ?? []), "'silent'"]
  // if info has another number than 30, pino takes the level 30 for info, and rankLogger for all levels from 30 on
  const others = isOnly || labels?.includes("'info'") ? ["'INFO'"] : ["'INFO'", '30']
  if (chance(random, isOnly ? 0.95 : 0.4)) options.push(`level: ${pick(random, [...known, ...others])}`)
  for (const [name, values] of Object.entries(choices)) {
    if (chance(random, 0.14)) options.push(`${name}: ${pick(random, values)}`)
  }
  if (chance(random, 0.04)) options.push(pick(random, invalid))
  if (chance(random, 0.04)) options.push(pick(random, documentedDifferences))
  if (chance(random, 0.03)) options.push("__proto__: { level: 'debug', name: 'inherited', base: null }")
  return { options, labels: known }
}
