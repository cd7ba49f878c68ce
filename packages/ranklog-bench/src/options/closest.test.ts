import t from 'tap'
import { closest } from './closest.ts'

const names = ['ranks', 'rounds', 'dir', 'disks', 'line-bytes', 'lines', 'json']

t.test('the nearest name is found, and none where nothing is near', async (t) => {
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
