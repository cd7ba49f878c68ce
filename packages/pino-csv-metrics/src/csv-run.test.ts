import t from 'tap'
import { type YamlValue, yamlOf } from './csv-run.ts'

/** Values and their YAML. test/interop checks that PyYAML reads each text as this value. */
const values: [value: YamlValue, text: string][] = [
  [1, '1'],
  [-2.5, '-2.5'],
  [0.000001, '0.000001'],
  [1e-8, '1.0e-8'],
  [-1e-8, '-1.0e-8'],
  [1.5e-8, '1.5e-8'],
  [1e21, '1.0e+21'],
  [123456789012, '123456789012'],
  [-0, '-0.0'],
  [NaN, '.nan'],
  [Infinity, '.inf'],
  [-Infinity, '-.inf'],
  [null, 'null'],
  [true, 'true'],
  [false, 'false'],
  ['null', '"null"'],
  ['1e-8', '"1e-8"'],
  ['', '""'],
  [' a ', '" a "'],
  ['a\nb\tc\r', '"a\\nb\\tc\\u000d"'],
  ['"\\', '"\\"\\\\"'],
  ['損失 ä 🚀', '"損失 ä 🚀"'],
  ['\u0085\u2028\u2029\ufeff\u00a0\x00\x7f', '"\\u0085\\u2028\\u2029\\ufeff\\u00a0\\u0000\\u007f"'],
  ['\u{e0001}', '"\\U000e0001"'],
  ['\ud800', '"\\ufffd"'],
  [[], '[]'],
  [{}, '{}'],
  [[1, [null], 'a'], '[1, [null], "a"]'],
  [{ on: 1e-9, '': [] }, '{? "on" : 1.0e-9, ? "" : []}'],
]

for (const [value, text] of values) {
  t.equal(yamlOf([['a', value]]), `a: ${text}\n`, text)
}

const plain = ['lr', 'net/depth', '_private', 'a.b-c', 'e5', 'nan', 'nope', 'Onset']
const quoted = ['on', 'No', 'NULL', 'y', 'true', '~', '', '0', '0x10', '1_000', '.5', '1:30', '=', '<<', '-', '?', 'a b', ' a', 'a:', 'ä', '2020-01-01'] // biome-ignore format: a list

for (const key of plain) t.equal(yamlOf([[key, 1]]), `${key}: 1\n`, key)
for (const key of quoted) t.equal(yamlOf([[key, 1]]), `"${key}": 1\n`, key)

t.test('a key that is too long for `key: value` is written as `? key`', async (t) => {
  const key = 'k'.repeat(1000)
  t.equal(yamlOf([[key, 1]]), `? "${key}"\n: 1\n`)
})

t.equal(yamlOf([]), '{}\n')
