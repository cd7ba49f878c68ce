import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { layoutOf, liveShape } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { LiveScheduler } from './live-scheduler.ts'
import { Planner } from './planner.ts'
import { SimulatedClock, start } from './simulated-clock.test-kit.ts'
import { SimulatedPipe } from './simulated-pipe.test-kit.ts'

interface Step {
  /** In ms since the start. */
  at: number
  source: number
  /** `end` closes the source. */
  text: string | 'end'
}

/** Merges what sources write at given times. @returns the output, and when each part of it was written */
async function mergeSteps(steps: readonly Step[], sources = 2, wasm = true, partialLines = true) {
  const clock = new SimulatedClock()
  const pipes = Array.from({ length: sources }, () => new SimulatedPipe(2 ** 20))
  const layout = layoutOf(sources, 1, liveShape)
  const kernel = kernelOf(layout.size, wasm)
  const planner = new Planner(sources, kernel, layout, 'time')
  const scheduler = new LiveScheduler(pipes, planner, { ...clock, windowMs: 250, partialLines })
  const bytes = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
  const parts: [at: number, text: string][] = []
  const merged = (async () => {
    for await (const { count } of scheduler.plans()) {
      const { from, to } = planner.planned
      for (let at = 0; at < count; at++)
        parts.push([clock.time - start, bytes.toString('latin1', from[at] as number, to[at] as number)])
    }
  })()
  let isDone = false
  merged.finally(() => {
    isDone = true
  })
  for (const { at, source, text } of steps)
    clock.after(at, () => (text === 'end' ? pipes[source]?.end() : pipes[source]?.write(text)))
  const last = Math.max(...steps.map(({ at }) => at)) + 2000
  clock.after(last, () => pipes.map((pipe) => pipe.end()))
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  while (!isDone) await clock.next()
  await merged
  return { parts, text: parts.map(([, text]) => text).join(''), stats: planner.stats() }
}

const record = (at: number, rank = 1) => `{"level":30,"time":${start + at},"rank":${rank}}\n`
const prompt: Step = { at: 0, source: 0, text: 'Name? ' }

t.test('a prompt is written after the window, and its rest when it arrives', async (t) => {
  const { parts, stats } = await mergeSteps([prompt, { at: 900, source: 0, text: 'Bob\nbye\n' }])
  t.strictSame(parts.slice(0, 2), [
    [250, 'Name? '],
    [900, 'Bob\n'],
  ])
  t.strictSame(
    parts.slice(2).map(([, text]) => text),
    ['bye\n'],
  )
  t.match(stats, { lines: 2, unfinished: 0 })
})

t.test('without partialLines only whole lines are written', async (t) => {
  const { text } = await mergeSteps([prompt, { at: 900, source: 1, text: record(900) }], 2, true, false)
  t.equal(text, `${record(900)}Name? \n`)
})

t.test(
  'a line of another rank begins on a new line, and the rest of the prompt becomes a line of its own',
  async (t) => {
    const other: Step = { at: 400, source: 1, text: record(400) }
    const rest = (text: string): Step => ({ at: 900, source: 0, text })
    t.equal((await mergeSteps([prompt, other, rest('Bob\n')])).text, `Name? \n${record(400)}Bob\n`)
    t.equal((await mergeSteps([prompt, other, rest('\nbye\n')])).text, `Name? \n${record(400)}bye\n`, 'no empty line')
    t.equal((await mergeSteps([prompt, other, rest('Bob')])).text, `Name? \n${record(400)}Bob\n`)
  },
)

t.test('the prompts of two ranks are on two lines', async (t) => {
  const { text } = await mergeSteps([
    prompt,
    { at: 20, source: 1, text: '(Pdb) ' },
    { at: 900, source: 0, text: 'Bob\n' },
    { at: 950, source: 1, text: 'quit\n' },
  ])
  t.equal(text, 'Name? \n(Pdb) \nBob\nquit\n')
})

t.test('a part of a record is not written, and other ranks do not wait for its rest', async (t) => {
  const whole = record(0, 0)
  const { parts, text } = await mergeSteps([
    { at: 0, source: 0, text: whole.slice(0, 20) },
    { at: 500, source: 1, text: record(500) },
    { at: 5000, source: 0, text: whole.slice(20) },
  ])
  t.equal(text, record(500) + whole)
  t.ok(parts[0] && parts[0][0] <= 750)
})

t.test('lines before the part come first', async (t) => {
  const { text } = await mergeSteps([
    { at: 0, source: 1, text: record(0) },
    { at: 100, source: 0, text: `${record(100, 0)}Name? ` },
  ])
  t.equal(text, `${record(0)}${record(100, 0)}Name? \n`)
})

t.test('if a rank ends within its line, the output ends with a newline', async (t) => {
  for (const at of [100, 800]) {
    const { text, stats } = await mergeSteps([prompt, { at, source: 0, text: 'end' }])
    t.strictSame([text, stats.unfinished], ['Name? \n', 1])
  }
})

t.test('a progress bar is written as it changes', async (t) => {
  const bar = Array.from({ length: 50 }, (_, at): Step => ({ at: 100 * at, source: 0, text: `\r${2 * at} %` }))
  const { parts, text } = await mergeSteps([...bar, { at: 5000, source: 0, text: '\r100 %\n' }])
  t.equal(text, `${bar.map(({ text }) => text).join('')}\r100 %\n`)
  const gaps = parts.map(([at], index) => at - (parts[index - 1]?.[0] ?? 0))
  t.ok(Math.max(...gaps.slice(0, -1)) <= 350, `${gaps}`)
})

t.test('a text longer than the memory of its source is written completely', async (t) => {
  const part = 'x'.repeat(2 ** 13)
  const steps = Array.from({ length: 10 }, (_, at): Step => ({ at: 300 * at, source: 0, text: part }))
  const { text } = await mergeSteps([...steps, { at: 3000, source: 0, text: `${part}\n` }])
  t.equal(text, `${part.repeat(11)}\n`)
})

/** A step: a source writes text (its letter `a`, `b` or `c`) or a record, whole or in two parts. */
const step = fc.record({
  wait: fc.nat(300),
  source: fc.nat(2),
  kind: fc.constantFrom('text', 'newline', 'line', 'record', 'half'),
})

t.test(
  'with any parts of lines, no line mixes two ranks, no record is torn, and each byte is written once',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), async (steps, wasm) => {
        let now = 0
        const halves = ['', '', '']
        const written = ['', '', '']
        const timed: Step[] = []
        for (const { wait, source, kind } of steps) {
          now += wait
          const letter = 'abc'[source] as string
          const isAtStart = written[source] === '' || written[source]?.endsWith('\n')
          const whole = `{"level":30,"time":${start + now},"${letter}":0}\n`
          let text = halves[source] as string
          halves[source] = ''
          if (text === '' && kind === 'half' && isAtStart) {
            text = whole.slice(0, 12)
            halves[source] = whole.slice(12)
          } else if (kind === 'text') text += letter
          else if (kind === 'newline') text += '\n'
          else if (kind === 'line') text += `${letter}${letter}\n`
          else if (isAtStart || text !== '') text += whole
          written[source] += text
          timed.push({ at: now, source, text })
        }
        for (const [source, text] of halves.entries()) {
          written[source] += text
          timed.push({ at: now, source, text })
        }
        const { text } = await mergeSteps(timed, 3, wasm)
        const lines = text.split('\n')
        assert.equal(lines.pop(), '')
        for (const line of lines) assert.match(line, /^(?!.*a.*b|.*b.*a|.*a.*c|.*c.*a|.*b.*c|.*c.*b)/)
        for (const [source, own] of written.entries()) {
          const letter = 'abc'[source] as string
          const ownLines = lines.filter((line) => line.includes(letter)).join('')
          assert.equal(ownLines, own.replaceAll('\n', ''))
          for (const line of own.split('\n')) if (line.startsWith('{"')) assert.ok(lines.includes(line), line)
        }
      }),
      { numRuns: 300 },
    )
  },
)
