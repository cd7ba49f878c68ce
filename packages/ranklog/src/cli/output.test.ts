import t from 'tap'
import { Output } from './output.ts'

/** Records what an output writes. Writes are short, and can be made to fail. */
class RecordingDescriptor {
  text = ''
  columns = 20
  /** Error code with which all writes fail. Undefined: they succeed. */
  fault: string | undefined

  output(isTTY = true): Output {
    return new Output(7, {
      isTTY,
      canRedraw: true,
      columns: () => this.columns,
      writeSome: async (_fd, bytes) => {
        if (this.fault !== undefined) throw Object.assign(new Error(this.fault), { code: this.fault })
        const part = bytes.subarray(0, 3) // writes may be short
        this.text += Buffer.from(part).toString('latin1')
        return part.length
      },
    })
  }
}

const hostile = 'a\x1b]0;x\x07\r\n\x9b2J\u202e'
const shown = 'a\\x1b]0;x\\x07\\x0d\\n\\x9b2J\\u202e'

t.test('control characters in text are escaped, and a text is one line', async (t) => {
  const written = new RecordingDescriptor()
  const output = written.output(false)
  await output.lines([hostile, { text: hostile, color: '\x1b[31m' }, { text: 'b', color: undefined }])
  t.equal(written.text, `${shown}\n\x1b[31m${shown}\x1b[0m\nb\n`)
  written.text = ''
  output.report(`file ${hostile}: no such file`)
  await output.json([{ [hostile]: hostile }])
  const [report, json] = written.text.split('\n')
  t.equal(report, 'file a\\x1b]0;x\\x07 \\x9b2J\\u202e: no such file')
  t.notMatch(json, /[^ -~]/)
  t.strictSame(JSON.parse(json as string), { [hostile]: hostile })
})

t.test('a bar is always the last line, and is cut to the width of the terminal', async (t) => {
  const written = new RecordingDescriptor()
  const output = written.output()
  await output.write(Buffer.from('a\n'))
  output.showBar('50 % \x1b[31m')
  await output.write(Buffer.from('b\n'))
  written.columns = 5
  output.report('c')
  output.showBar('')
  output.showBar('')
  await output.write(Buffer.from('d\n'))
  t.equal(written.text, 'a\n\r\x1b[K50 % \\x1b[31m\r\x1b[Kb\n50 % \\x1b[31m\r\x1b[Kc\n50 %\r\x1b[Kd\n')
})

t.test('after text without a newline, a report or a bar starts on a new line', async (t) => {
  const written = new RecordingDescriptor()
  const output = written.output()
  await output.write(Buffer.from('Name? '))
  output.report('one')
  await output.write(Buffer.from('Name? '))
  output.showBar('9 %')
  await output.write(Buffer.from('Bob'))
  output.showBar('')
  await output.write(Buffer.from('\n'))
  t.equal(written.text, 'Name? \none\nName? \n\r\x1b[K9 %\r\x1b[KBob\n9 %\r\x1b[K\n')
})

t.test('only a terminal is cleared and shows bars', async (t) => {
  for (const [isTTY, text] of [
    [true, '\x1b[2J\x1b[Ha\n\r\x1b[K9 %'],
    [false, 'a\n'],
  ] as const) {
    const written = new RecordingDescriptor()
    const output = written.output(isTTY)
    await output.page(['a'])
    output.showBar('9 %')
    await output.write(Buffer.alloc(0))
    await new Promise(setImmediate)
    t.equal(written.text, text)
  }
})

t.test('if the reader has closed the pipe, writes resolve to false; other errors reject', async (t) => {
  for (const code of ['EPIPE', 'ECONNRESET', 'EIO']) {
    const written = new RecordingDescriptor()
    const output = written.output()
    written.fault = code
    t.equal(await output.lines(['a']), false)
    written.fault = undefined
    t.equal(await output.lines(['b']), false, 'nothing more is written')
    t.equal(written.text, '')
  }
  const written = new RecordingDescriptor()
  const output = written.output()
  written.fault = 'ENOSPC'
  await t.rejects(output.lines(['a']), { code: 'ENOSPC' })
  output.report('its error is ignored')
  await new Promise(setImmediate)
  written.fault = undefined
  t.equal(await output.lines(['b']), true)
  t.equal(written.text, 'b\n')
})

t.test('the width is that of the terminal; without a terminal, or if it does not tell, it is 80', async (t) => {
  const widthOf = (isTTY: boolean, columns: number) => new Output(7, { isTTY, columns: () => columns }).columns
  t.strictSame([widthOf(true, 20), widthOf(false, 20), widthOf(true, 0)], [20, 80, 80])
})
