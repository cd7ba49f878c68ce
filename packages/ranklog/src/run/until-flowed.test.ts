import t from 'tap'
import { untilFlowed } from './until-flowed.ts'

/** Returns a wait whose time the test advances. */
function scene() {
  const flow = { bytes: 0, writing: 0 }
  let wake = () => {}
  let finish = () => {}
  let fail = (_: Error) => {}
  const output = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  let hasEnded = false
  const flowed = untilFlowed(
    output,
    flow,
    (signal) =>
      new Promise<void>((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve())
      }),
  )
  flowed.then(
    () => (hasEnded = true),
    () => (hasEnded = true),
  )
  /** Lets a silence pass. Returns whether the wait has ended then. */
  const silence = async () => {
    wake()
    await new Promise(setImmediate)
    return hasEnded
  }
  return { flow, flowed, silence, finish, fail }
}

t.test('the wait ends after a silence in which no bytes arrive', async (t) => {
  const { flow, silence } = scene()
  flow.bytes = 10
  t.equal(await silence(), false, 'bytes arrived in the meantime')
  t.equal(await silence(), true)
})

t.test('the wait does not end during a pending write or while bytes arrive', async (t) => {
  const { flow, silence } = scene()
  flow.bytes = 10
  flow.writing = 1
  for (let at = 0; at < 5; at++) t.equal(await silence(), false, 'the reader is slow')
  flow.writing = 0
  for (let at = 0; at < 5; at++) {
    flow.bytes += 1
    t.equal(await silence(), false, 'bytes arrive')
  }
  t.equal(await silence(), true)
})

t.test('the wait ends with the output, or its failure, without a silence', async (t) => {
  const { flow, flowed, finish } = scene()
  flow.writing = 1
  finish()
  await flowed
  const failing = scene()
  failing.flow.writing = 1
  failing.fail(new Error('EIO'))
  await failing.flowed.catch((error) => t.match(error, { message: 'EIO' }))
})
