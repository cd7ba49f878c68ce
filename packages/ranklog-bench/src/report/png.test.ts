import t from 'tap'
import { drawPng } from './png.ts'

const svgWith = (body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" font-family="Inter">${body}</svg>`

t.test('the packaged font draws every character that the report uses, in both weights', async (t) => {
  const textOf = async (text: string, weight: number) => {
    const png = await drawPng(svgWith(`<text x="10" y="30" font-size="20" font-weight="${weight}">${text}</text>`))
    return Buffer.from(png).toString('base64')
  }
  const letters = ['a', '8', 'µ', '×', '÷', '…', '–', '']
  const pictures = await Promise.all(letters.flatMap((letter) => [400, 600].map((weight) => textOf(letter, weight))))
  t.equal(new Set(pictures).size, 2 * letters.length - 1, 'only the empty text looks the same in both weights')
})

t.test('colour variables become the colours of the light theme', async (t) => {
  const square = (fill: string) => drawPng(svgWith(`<rect width="40" height="40" fill="${fill}"/>`))
  t.strictSame(await square('var(--blue)'), await square('#0072b2'))
  t.notSame(await square('var(--blue)'), await square('var(--vermillion)'))
})
