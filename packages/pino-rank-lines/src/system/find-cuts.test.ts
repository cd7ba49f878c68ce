import t from 'tap'
import { blockBytes, commonEnd, findCuts } from './find-cuts.ts'

t.test('the bytes that are equal at the ends of two buffers are counted', async (t) => {
  const cases: [a: string, b: string, common: number][] = [
    ['abc', 'xbc', 2],
    ['abc', 'abc', 3],
    ['bc', 'abc', 2],
    ['abc', 'c', 1],
    ['abc', 'abd', 0],
    ['', 'abc', 0],
    ['abc', '', 0],
  ]
  for (const [a, b, common] of cases) t.equal(commonEnd(Buffer.from(a), Buffer.from(b)), common, `${a} ${b}`)
})

/** Pads a text with a line, so that it ends where a block ends. */
const toBlock = (text: string) => `${'.'.repeat(blockBytes - text.length - 1)}\n${text}`

/** Finds the cuts of a write whose last part begins at `lastPart`. */
function cutsOf(before: string, written: string, lastPart: number) {
  const search = { before: Buffer.from(before), position: 0, written: Buffer.from(written), lastPart }
  const { lines, ...cuts } = findCuts(search)
  return { lines: lines.map(String), ...cuts }
}

t.test('a fragment is distinguished from the line of another process by the line before it', async (t) => {
  // the data after the fragment continues the line for a while, as lines of one program do
  const line = '{"rank":0,"step":1000,"loss":10}\n'
  const cut = 20
  const other = `${line.slice(cut, -3)}of another process\n`
  const previous = line.replace('1000', '0999')
  const cases: [what: string, first: string, inFile: string, isFound: boolean][] = [
    ['the line before it is there', previous, previous, true],
    ['an empty line is there', '\n', '\n', true],
    ['another line is there', previous, previous.replace('999', '998'), false],
    ['the end of the line before it is there', previous, `.${previous.slice(1)}`, false],
    ['the write has no line before it', '', previous, false],
  ]
  for (const [what, first, inFile, isFound] of cases) {
    const before = toBlock(inFile + line.slice(0, cut)) + other
    const cuts = cutsOf(before, first + line, first.length + cut)
    t.strictSame([cuts.isComplete, cuts.fragmentEnds], isFound ? [true, [blockBytes]] : [false, []], what)
    t.equal(cuts.lines.at(-1), line)
  }
})

t.test('a fragment is found behind the fragment of another process that fills its block', async (t) => {
  const whole = '{"rank":0,"step":1}\n'
  const line = `{"rank":0,"text":"${Array.from({ length: 300 }, (_, n) => n).join()}"}\n`
  const cut = blockBytes
  const other = '{"rank":1,"step":1}\n'
  for (const blocks of [1, 2]) {
    const theirs = `{"rank":1,"text":"${'y'.repeat(blocks * blockBytes)}`.slice(0, blocks * blockBytes - whole.length)
    const before = `${whole}${theirs}${line.slice(0, cut)}${other}`
    t.strictSame(cutsOf(before, whole + line, whole.length + cut), {
      lines: [line],
      fragmentEnds: [blocks * blockBytes + cut],
      isComplete: true,
    })
  }
})
