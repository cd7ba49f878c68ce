import t from 'tap'
import { Progress } from './progress.ts'

/** A stream that records what is written to it. */
class RecordingStream {
  text = ''
  readonly isTTY: boolean
  readonly columns = 12

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }
}

t.test('on a terminal, each text replaces the one before and is cut to the width', async (t) => {
  const shown = new RecordingStream(true)
  const progress = new Progress(shown)
  progress.clear()
  t.equal(shown.text, '', 'nothing to remove')
  progress.show('50 %, \x1b[31mred')
  progress.show('done')
  progress.clear()
  progress.clear()
  t.equal(shown.text, '\r\x1b[K50 %, \\x1b[\r\x1b[Kdone\r\x1b[K')
})

t.test('nothing is written to a pipe', async (t) => {
  const shown = new RecordingStream(false)
  const progress = new Progress(shown)
  progress.show('50 %')
  progress.clear()
  t.equal(shown.text, '')
})
