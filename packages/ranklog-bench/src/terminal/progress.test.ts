import t from 'tap'
import { Progress } from './progress.ts'

/** A stream that keeps what it shows. */
class Shown {
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

t.test('a terminal shows one line that replaces itself, cut to its width', async (t) => {
  const shown = new Shown(true)
  const progress = new Progress(shown)
  progress.clear()
  t.equal(shown.text, '', 'nothing to remove')
  progress.show('50 %, \x1b[31mred')
  progress.show('done')
  progress.clear()
  progress.clear()
  t.equal(shown.text, '\r\x1b[K50 %, \\x1b[\r\x1b[Kdone\r\x1b[K')
})

t.test('a pipe gets no progress', async (t) => {
  const shown = new Shown(false)
  const progress = new Progress(shown)
  progress.show('50 %')
  progress.clear()
  t.equal(shown.text, '')
})
