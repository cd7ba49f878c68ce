import { OptionChecker } from 'pino-rank/sink'
import t from 'tap'
import { byteOption } from './byte-option.ts'

const check = new OptionChecker('pino-x')
const bytes = (value: unknown) => byteOption(check, 'maxBytes', value, 1, 2 ** 40)

t.test('a number of bytes is returned as it is', async (t) => {
  t.strictSame([1, 65_536, 2 ** 40].map(bytes), [1, 65_536, 2 ** 40])
})

t.test('the error for a size with a unit names the number of bytes', async (t) => {
  const sizes: [size: string, bytes: number][] = [
    ['10m', 10_485_760],
    ['10M', 10_485_760],
    ['10MB', 10_485_760],
    ['10 MiB', 10_485_760],
    ['64k', 65_536],
    ['1.5g', 1_610_612_736],
    ['1t', 1_099_511_627_776],
    ['20b', 20],
    ['1000', 1000],
  ]
  for (const [size, number] of sizes) {
    const message = `pino-x: option "maxBytes": expected a number of bytes, received "${size}"; write ${number}`
    t.throws(() => bytes(size), { code: 'OPTION_INVALID', message }, size)
  }
})

t.test('the error for any other value names the limits', async (t) => {
  const message = /^pino-x: option "maxBytes": expected a whole number from 1 to 1099511627776, received /
  for (const value of [0, -1, 1.5, 2 ** 41, Number.NaN, null, '', 'much', 'm', '1.2.3m', '0k', '2t', '10 days', ['1k']])
    t.throws(() => bytes(value), { code: 'OPTION_INVALID', message }, String(value))
})
