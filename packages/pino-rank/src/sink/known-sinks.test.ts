import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t from 'tap'
import type { SinkDeclaration } from './declaration.ts'
import { knownSink, registeredOpen } from './known-sinks.ts'
import { readDeclaration } from './read-declaration.ts'
import { registerSink } from './registered-sinks.ts'
import { sinkTable } from './sink-table.ts'

const load = createRequire(import.meta.url)
const packages = fileURLToPath(new URL('../../../', import.meta.url))

t.test('the table of sinks has what each package declares', (t) => {
  const names = readdirSync(packages).filter((name) => existsSync(join(packages, name, 'src/rank.ts')))
  t.strictSame(['pino-rank', ...names].sort(), Object.keys(sinkTable).sort())
  for (const [name, known] of Object.entries(sinkTable)) {
    const declared: SinkDeclaration = load(name === 'pino-rank' ? 'pino-rank/target' : name).rank
    const { ranks, others, exit, inProcess, signalOptions } = declared
    const optional = Object.entries({ exit, inProcess, signalOptions }).filter(([, value]) => value !== undefined)
    t.strictSame({ ranks, others, ...Object.fromEntries(optional) }, known, name)
  }
  t.end()
})

t.test('a sink that cannot be loaded is recognised by its name or its package', (t) => {
  const broken = `export const rank = {}; throw new Error('not on this thread')`
  const dir = t.testdir({
    node_modules: {
      'pino-rank-split': { 'package.json': '{"name":"pino-rank-split"}', dist: { 'index.mjs': broken } },
      logs: { 'package.json': '{"name":"pino-wandb"}', dist: { 'package.json': '{}', 'index.mjs': broken } },
      theirs: { 'package.json': '{"name":"theirs"}', 'index.mjs': broken },
    },
  })
  const file = (name: string) => join(dir, 'node_modules', name)
  const split = file('pino-rank-split/dist/index.mjs')
  const cases: [what: string, file: string, name: string, ranks: unknown, others: unknown][] = [
    ['by its name', split, 'pino-rank-split', '*', 'error'],
    ['in a bundle, where the name leads to no file', 'pino-rank-stdout', 'pino-rank-stdout', '*', 'error'],
    ['by its path', split, split, '*', 'error'],
    ['our own target', 'pino-rank/target', 'pino-rank/target', '0', 'error'],
    ['by its URL', pathToFileURL(split).href, pathToFileURL(split).href, '*', 'error'],
    ['by its package, under another name', file('logs/dist/index.mjs'), 'logs', '0', 'silent'],
    ['a third-party sink is not', file('theirs/index.mjs'), 'theirs', undefined, undefined],
    ['pino’s own is not', 'pino/file', 'pino/file', undefined, undefined],
    ['a name that every object has is not', 'toString', 'toString', undefined, undefined],
  ]
  for (const [what, file, name, ranks, others] of cases) {
    const declared = readDeclaration(file, name)
    t.strictSame([declared?.ranks, declared?.others], [ranks, others], what)
  }
  t.end()
})

t.test('a sink that the program has imported is found by its name and by its package, without its append', (t) => {
  const dir = t.testdir({ theirs: { 'package.json': '{"name":"imported"}' } })
  const file = join(dir, 'theirs/index.mjs')
  const open = () => undefined
  const check = () => {}
  const append = () => () => {}
  t.equal(knownSink('imported', 'imported'), undefined)
  registerSink('imported', { ranks: '2', others: 'warn', check, append }, open)
  for (const [name, path] of [
    ['imported', 'imported'],
    [file, file],
  ] as const) {
    t.strictSame(knownSink(name, path), { ranks: '2', others: 'warn', check }, name)
    t.equal(registeredOpen(name, path), open, name)
  }
  t.equal(registeredOpen('other', 'other'), undefined)
  t.end()
})
