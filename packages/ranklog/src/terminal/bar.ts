import { type Clock, systemClock } from 'pino-rank-lines/system'

const [newline, carriageReturn] = [10, 13]

/** No bar is longer, in bytes: what is passed on as it is. */
const maxBarBytes = 2 ** 16

/**
 * How long text waits for its newline or a `\r`, in ms. A program may write a bar's first state without a `\r`. Text that stays, for
 * example a prompt, is then passed on.
 */
const maxTextMs = 100

/** Stands for the end of that time. */
const late = Symbol('late')

/**
 * Takes a progress bar out of a stream: text that a `\r` draws again on one line. Of a line that was drawn over, what was drawn last
 * is passed on when it ends; until then `show` is called with what stands there.
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
      const result = rest.length > 0 && !isBar ? await untilLate(next, clock) : await next
      if (result === late) {
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
      rest = Buffer.from(isBar ? lastDraw(tail) : tail) // a chunk may be valid until the next is asked for
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

/** Resolves to the next chunk, or to `late`. */
async function untilLate<Result>(next: Promise<Result>, clock: Pick<Clock, 'after'>): Promise<Result | typeof late> {
  let cancel = () => {}
  const wait = new Promise<typeof late>((resolve) => {
    cancel = clock.after(maxTextMs, () => resolve(late))
  })
  return Promise.race([next, wait]).finally(() => cancel())
}

/** Lines as they stand when all is drawn. */
function applyRedraws(lines: Buffer): Buffer {
  if (!lines.includes(carriageReturn)) return lines
  const parts: Buffer[] = []
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(newline, at) + 1
    const line = lines.subarray(at, end)
    const ending = line.at(-2) === carriageReturn ? 2 : 1 // `\r\n` draws nothing
    parts.push(lastDraw(line.subarray(0, -ending)), line.subarray(-ending))
    at = end
  }
  return Buffer.concat(parts)
}

/** Behind the last `\r`, or, where nothing is, behind the one before; with that `\r`, so that the next one draws over it. */
function lastDraw(text: Buffer): Buffer {
  const end = text.at(-1) === carriageReturn ? text.length - 1 : text.length
  const start = text.subarray(0, end).lastIndexOf(carriageReturn) + 1
  return text.subarray(start)
}
