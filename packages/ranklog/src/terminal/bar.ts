import { type Clock, systemClock } from 'pino-rank-lines/system'

const [newline, carriageReturn] = [10, 13]

/** Maximum length of a bar, in bytes. Longer text is passed on unchanged. */
const maxBarBytes = 2 ** 16

/**
 * How long text waits for its newline or a `\r`, in ms, because a program may write the first state of a bar without a `\r`. After
 * this time it is passed on: it may be a prompt.
 */
const maxTextMs = 100

const timedOut = Symbol('timed out')

/**
 * Removes progress bars from a stream. A bar is a line that is redrawn with `\r`. `show` is called with each state of the bar.
 * When the line ends, its last state is passed on.
 */
export async function* withoutBar(
  stream: AsyncIterable<Uint8Array>,
  show: (bar: string) => void,
  clock: Pick<Clock, 'after'> = systemClock,
): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<Uint8Array>> | undefined
  let rest: Buffer = Buffer.alloc(0)
  let isBar = false
  let shown = ''
  const showOnChange = (bar: string) => {
    if (bar === shown) return
    shown = bar
    show(bar)
  }
  try {
    for (;;) {
      next ??= chunks.next()
      const result = rest.length > 0 && !isBar ? await nextOrTimeout(next, clock) : await next
      if (result === timedOut) {
        yield rest
        rest = Buffer.alloc(0)
        continue
      }
      next = undefined
      if (result.done) break
      const chunk = result.value as Buffer
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const end = bytes.lastIndexOf(newline) + 1
      const tail = bytes.subarray(end)
      if (end > 0) {
        showOnChange('')
        yield applyRedraws(bytes.subarray(0, end))
        isBar = false
      }
      isBar ||= tail.includes(carriageReturn)
      rest = Buffer.from(isBar ? lastDraw(tail) : tail) // copied, because a chunk is valid only until the next one is requested
      if (isBar) showOnChange(rest.toString().replace('\r', ''))
      if (rest.length > maxBarBytes) {
        yield rest
        rest = Buffer.alloc(0)
      }
    }
    showOnChange('')
    if (rest.length > 0) yield rest
  } finally {
    void chunks.return?.()
  }
}

/** Resolves to the next chunk, or to `timedOut` if it does not arrive in time. */
async function nextOrTimeout<Result>(
  next: Promise<Result>,
  clock: Pick<Clock, 'after'>,
): Promise<Result | typeof timedOut> {
  let cancel = () => {}
  const wait = new Promise<typeof timedOut>((resolve) => {
    cancel = clock.after(maxTextMs, () => resolve(timedOut))
  })
  return Promise.race([next, wait]).finally(() => cancel())
}

/** Returns the last state of each line. */
function applyRedraws(lines: Buffer): Buffer {
  if (!lines.includes(carriageReturn)) return lines
  const parts: Buffer[] = []
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(newline, at) + 1
    const line = lines.subarray(at, end)
    const ending = line.at(-2) === carriageReturn ? 2 : 1 // the `\r` of `\r\n` does not redraw the line
    parts.push(lastDraw(line.subarray(0, -ending)), line.subarray(-ending))
    at = end
  }
  return Buffer.concat(parts)
}

/** Returns the last state of a line: the text after the last `\r` that has text after it. A `\r` at the end of the text stays. */
function lastDraw(text: Buffer): Buffer {
  const end = text.at(-1) === carriageReturn ? text.length - 1 : text.length
  const start = text.subarray(0, end).lastIndexOf(carriageReturn) + 1
  return text.subarray(start)
}
