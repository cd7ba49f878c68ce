import t from 'tap'
import { closest } from './closest.ts'

const names = ['ranks', 'rounds', 'dir', 'disks', 'line-bytes', 'lines', 'json']

t.test('the most similar name is returned, or undefined if no name is similar', async (t) => {
  for (const [text, name] of [
    ['rank', 'ranks'],
    ['rnaks', 'ranks'],
    ['round', 'rounds'],
    ['disk', 'disks'],
    ['directory', undefined],
    ['linebytes', 'line-bytes'],
    ['line', 'lines'],
    ['jason', 'json'],
    ['x', undefined],
    ['', undefined],
  ] as const)
    t.equal(closest(text, names), name, JSON.stringify(text))
})
