/** Values that a program may log, as source text. Each is complete in itself, so that a printed program can be pasted. */

const numbers = ['0', '-0', '1', '-1.5', '1e21', '1e-7', 'NaN', 'Infinity', '-Infinity', '10n', '-5n']

const texts = [
  "''",
  "'text'",
  "'two\\nlines\\r\\n'",
  '\'"quoted" \\\\ back\'',
  "'\\ud800'",
  "'a\\udc00z'",
  "'😀 ä €'",
  "'\\u0000\\u001f\\u007f\\u0085\\u2028\\u2029'",
  "'__proto__'",
  '\'{"level":50}\'',
  "'x'.repeat(101)",
  "'\"'.repeat(120)",
  "'\\ud800'.repeat(120)",
  "'é'.repeat(33000)",
]

/** Format strings of pino. The number of arguments after them is random, so there may be too few or too many. */
export const formats: readonly string[] = [
  "'%s'",
  "'%d and %i and %f'",
  "'%j %o %O'",
  "'%s %s %s'",
  "'100%'",
  "'%%'",
  "'%% %s'",
  "'%x %c'",
  "'%'",
  "'%s%d%j%%%o'",
]

const plain = ['undefined', 'null', 'true', 'false', '[]', '{}', '[1, , 3]', '[[[[[[[1]]]]]]]', '[undefined, () => 1]']

const functions = ['() => 1', 'function named() {}', 'class K {}', "Symbol('s')", 'Symbol()', 'Symbol.iterator']

const builtIns = [
  'new Date(0)',
  'new Date(NaN)',
  '/re/g',
  "new Map([['k', 1]])",
  'new Set([1])',
  'new WeakMap()',
  'new Uint8Array([1, 2])',
  "Buffer.from('hi')",
  'new ArrayBuffer(2)',
  "new URL('http://user@host/path')",
  'new Boolean(false)',
  "new String('boxed')",
  'new Number(1)',
  'Object(10n)',
  "Object(Symbol('boxed'))",
  'Promise.resolve(1)',
  'globalThis.Math',
]

const errors = [
  "new Error('e')",
  'new Error()',
  "new TypeError('t', { cause: new Error('c') })",
  "new Error('e', { cause: 'text' })",
  "new AggregateError([new Error('a'), 'b'], 'several')",
  "Object.assign(new Error('own'), { code: 'E', password: 'p', nested: { a: 1 }, big: 1n })",
  "Object.assign(new Error('json'), { toJSON: () => ({ j: 1 }) })",
  "Object.assign(new Error('own message'), { msg: 'm', err: new Error('inner') })",
  'Object.create(Error.prototype)',
  "Object.defineProperty(new Error('e'), 'message', { get() { throw new RangeError('message') } })",
  "Object.defineProperty(new Error('e'), 'stack', { value: undefined })",
  "(() => { const e = new Error('round'); e.cause = e; return e })()",
]

const objects = [
  'Object.create(null)',
  'Object.assign(Object.create(null), { n: 1 })',
  'Object.create({ inherited: 1 })',
  'Object.freeze({ a: { b: 1 } })',
  '(() => { const a = { b: {} }; a.b.c = a; return a })()',
  '(() => { const a = [1]; a.push(a, a); return { a } })()',
  'Array.from({ length: 9 }).reduce((inner) => ({ inner }), 1)',
  "Object.fromEntries(Array.from({ length: 130 }, (_, i) => ['k' + i, i]))",
  '(() => { const a = { big: 1n }; a.a = a; return a })()',
  'JSON.parse(\'{"__proto__":{"x":1},"constructor":2}\')',
  '{ hasOwnProperty: 1 }',
  "{ '': 1, '\"q\"': 2, 'new\\nline': 3, 'ä\\ud800': 4 }",
  "{ [Symbol('key')]: 1, s: Symbol('value') }",
  "{ a: { b: { c: 'secret' }, password: 'p' }, password: 'q', users: [{ token: 1 }, { token: 2 }] }",
  "{ msg: 'own' }",
  "{ message: 'own', err: new Error('own error') }",
  "{ err: 'text' }",
  '{ err: null, msg: undefined }',
  "{ error: new TypeError('other key') }",
  "{ level: 99, time: 'now', pid: 0, hostname: null, name: 'n', v: 1 }",
  '{ rank: 9, seq: 1, attempt: 2 }',
  "{ method: 'GET', url: '/', headers: { a: 'b' }, socket: {} }",
  '{ setHeader() {}, statusCode: 200, headersSent: true, getHeaders: () => ({ h: 1 }) }',
  '{ toJSON: () => ({ json: 1 }), a: 1 }',
  '{ a: { toJSON: () => undefined } }',
  '{ a: { toJSON: () => 10n } }',
  "{ a: { toString() { throw new Error('toString') } } }",
  "{ a: { [Symbol.toPrimitive]() { throw new Error('primitive') } } }",
]

/** Values that throw, or that log, when they are read. */
const hostile = [
  "{ toJSON() { throw new Error('toJSON') } }",
  "{ a: { toJSON() { throw new Error('inner toJSON') } } }",
  "{ get a() { throw new RangeError('getter') } }",
  "{ a: { get b() { throw 'text' } } }",
  "{ get err() { throw new Error('err getter') } }",
  '{ get msg() { throw undefined } }',
  '{ get a() { return this } }',
  'new Proxy({ a: 1 }, {})',
  "new Proxy({ a: 1 }, { get() { throw new Error('trap') } })",
  "new Proxy({}, { ownKeys() { throw new Error('keys') } })",
  "new Proxy(new Error('behind'), {})",
  '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()',
  '{ a: (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })() }',
  "{ a: { toJSON() { log.warn('from toJSON'); return 1 } } }",
  "{ get a() { log.error('from a getter'); return 1 } }",
]

/** All values, by kind. Each kind is equally frequent. */
export const valueKinds: readonly (readonly string[])[] = [
  numbers,
  texts,
  formats,
  plain,
  functions,
  builtIns,
  errors,
  objects,
  hostile,
]

/** Names of fields: names in the options of a logger, and names of properties that every object inherits. */
export const fieldNames: readonly string[] = [
  'a',
  'b',
  'password',
  'users',
  'err',
  'error',
  'msg',
  'message',
  'level',
  'time',
  'rank',
  'name',
  "''",
  "'*'",
  "'a.b'",
  "['__proto__']",
  'constructor',
  'toString',
  'serializers',
]
