import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { dedup, label, reduce } from 'pino-rank-merge'
import t from 'tap'
import { mergeDecorated } from '../commands/merge-decorated.ts'
import { InputFiles } from './input-file.ts'
import { mergeFiles } from './merge-files.ts'

const line = fc.record({ step: fc.integer({ min: 0, max: 30 }), length: fc.oneof(fc.nat(300), fc.nat(9000)) })
const file = fc.record({
  lines: fc.array(line, { maxLength: 200 }),
  isCompressed: fc.boolean(),
  /** How the file ends: with a newline, with a whole line that lacks it, or within a line. */
  end: fc.constantFrom('newline', 'whole', 'cut'),
})
type File = typeof file extends fc.Arbitrary<infer Value> ? Value : never

const ways = ['plain', 'dedup', 'dedup blocks', 'reduce', 'label'] as const

t.test('every line of files of any size and ending is written once, in order, with a newline', async (t) => {
  const dir = t.testdir()
  const property = fc.asyncProperty(
    fc.array(fc.array(file, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...ways),
    fc.boolean(),
    fc.constantFrom(1, 2 ** 25),
    async (sources, way, wasm, maxBytes) => {
      const written = writeSources(dir, sources)
      const inputs = written.map(({ paths }) => new InputFiles(paths))
      const names = inputs.map((_, rank) => `${rank}`)
      const out = join(dir, 'out')
      const fd = openSync(out, 'w')
      const settings = { wasm, maxBytes: way === 'dedup' ? Math.max(maxBytes, 2 ** 23) : maxBytes }
      const decorator = {
        'dedup blocks': dedup({ names, wasm }),
        reduce: reduce({ names }),
        label: label({ names, template: '' }),
      }
      if (way === 'plain') await mergeFiles(inputs, fd, settings)
      else if (way === 'dedup') await mergeFiles(inputs, fd, { ...settings, dedup: { names, windowMs: 1000 } })
      else await mergeDecorated(inputs, fd, decorator[way], settings)
      closeSync(fd)
      const found = readFileSync(out, 'utf8').split('\n')
      assert.equal(found.pop(), '', 'the last line ends in a newline')
      assert.deepEqual(found, inOrder(written))
      const unfinished = sources.flat().filter(({ lines, end }) => lines.length > 0 && end !== 'newline')
      assert.equal(
        inputs.reduce((sum, input) => sum + input.unfinished, 0),
        unfinished.length,
      )
    },
  )
  await fc.assert(property, { numRuns: 120 })
})

interface Written {
  paths: string[]
  lines: { time: number; text: string }[]
}

/** Returns the lines of all sources in the order of time. Lines of the same time are in the order of their sources. */
function inOrder(sources: readonly Written[]): string[] {
  const sorted = sources.flatMap(({ lines }) => lines).sort((a, b) => a.time - b.time) // a stable sort
  return sorted.map(({ text }) => text)
}

/** Writes the files of each source, and returns their paths and lines. */
function writeSources(dir: string, sources: readonly File[][]): Written[] {
  return sources.map((files, rank) => {
    let time = 1_700_000_000_000
    const all: Written['lines'] = []
    const paths = files.map(({ lines, isCompressed, end }, part) => {
      const times: number[] = []
      const texts = lines.map(({ step, length }, n) => {
        time += step
        times.push(time)
        return `{"level":30,"time":${time},"id":"${rank}.${part}.${n}","fill":"${'x'.repeat(length)}"}`
      })
      if (end === 'cut' && texts.length > 0) texts.push((texts.pop() as string).slice(0, -2))
      all.push(...texts.map((text, n) => ({ time: times[n] as number, text })))
      const text = texts.join('\n') + (end === 'newline' && texts.length > 0 ? '\n' : '')
      const path = join(dir, `${rank}.log.${part}${isCompressed ? '.gz' : ''}`)
      writeFileSync(path, isCompressed ? gzipSync(text, { level: 1 }) : text)
      return path
    })
    return { paths, lines: all }
  })
}

t.test('everything that can be decompressed from a damaged file is read, and then the next file', async (t) => {
  const dir = t.testdir()
  const lines = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"fill":"${(n * 7919).toString(36)}"}\n`)
  const whole = gzipSync(lines.join(''))
  const flipped = Buffer.from(whole)
  flipped.fill(0xff, whole.length >> 1, (whole.length >> 1) + 200)
  const readAll = async (bytes: Buffer) => {
    const paths = [join(dir, 'x.log.1.gz'), join(dir, 'x.log')] as const
    writeFileSync(paths[0], bytes)
    writeFileSync(paths[1], 'next\n')
    const input = new InputFiles(paths)
    const buffer = Buffer.alloc(1000)
    let text = ''
    for (let read = await input.read(buffer); read > 0; read = await input.read(buffer)) {
      text += buffer.toString('latin1', 0, read)
    }
    return { text, failures: input.failures }
  }
  const { text, failures } = await readAll(whole.subarray(0, -1))
  t.equal(text, `${lines.join('')}next\n`, 'only the end of the checksum is missing')
  t.match(failures, [{ error: { message: 'unexpected end of file' }, isPartial: true }])
  for (const bytes of [whole.subarray(0, whole.length >> 1), flipped]) {
    const { text, failures } = await readAll(bytes)
    const found = text.split('\n')
    const good = found.findIndex((line, n) => `${line}\n` !== lines[n])
    t.ok(good > 9000, `${good} whole lines`)
    t.strictSame(found.slice(-2), ['next', ''])
    t.strictSame([failures.length, failures[0]?.isPartial], [1, true])
  }
  t.match(await readAll(Buffer.alloc(0)), { text: 'next\n', failures: [{ isPartial: false }] })
})
