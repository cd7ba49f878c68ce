import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'puppeteer-core'
import t from 'tap'
import { writeReport } from '../../../packages/ranklog-bench/dist/report/index.js'
import {
  fastDisk,
  simulateResult,
  slowDisk,
} from '../../../packages/ranklog-bench/dist/report/simulated-result.test-kit.js'
import { browser, withPage } from './browser.ts'

const skip = browser() ? false : 'needs Chromium'

const hostile = '<img src=x onerror=console.error(1)> with a name that is much too long for a picture'

const results = {
  full: simulateResult({
    seed: 7,
    lines: [1, 10, 100, 1000],
    lineBytes: [100, 300, 10_000],
    disks: [fastDisk, slowDisk],
  }),
  small: simulateResult({ seed: 8, ranks: [2], disks: [fastDisk], modes: ['no logging', 'gated', hostile], rounds: 1 }),
  wide: simulateResult({
    seed: 9,
    ranks: [1, 2, 4, 8, 16, 32, 64],
    disks: [slowDisk],
    modes: ['no logging', 'winston, one file', 'gated'],
    rounds: 2,
  }),
}

/** Code for the page. Returns the texts of each picture that overlap or are outside of it. Neighbours may touch by a pixel. */
const misplacedTexts = `[...document.querySelectorAll('figure svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].filter(({ textContent }) => textContent.trim() !== '')
  const boxes = texts.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
  const whole = svg.getBoundingClientRect()
  const outside = boxes.filter(({ box }) => box.left < whole.left || box.right > whole.right || box.top < whole.top || box.bottom > whole.bottom)
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
    Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3).map((b) => a.text + ' on ' + b.text))
  return [...outside.map(({ text }) => text + ' is outside'), ...over]
})`

/** Code for the page. Returns its background and text colours. */
const colors = `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]`

/** Code for the page. Returns the weights of the loaded fonts. */
const faces = `[...document.fonts].filter(({ status }) => status === 'loaded').map(({ weight }) => weight).sort().join()`

async function prefer(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
}

for (const [name, result] of Object.entries(results)) {
  t.test(`Chromium shows the report "${name}" in light and dark and on a phone`, { skip }, async (t) => {
    const dir = t.testdir()
    await writeReport(result, dir)
    await withPage(1100, 900, async (page) => {
      const problems: string[] = []
      page.on('console', (message) => problems.push(`console: ${message.text()}`))
      page.on('pageerror', (error) => problems.push(`error: ${error}`))
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      await prefer(page, 'light')
      const url = pathToFileURL(join(dir, 'report.html')).href
      await page.goto(url)
      await page.evaluate('document.fonts.ready')
      t.equal(await page.evaluate(faces), '400,600', 'the embedded font is used')
      t.strictSame(await page.evaluate(misplacedTexts), [], 'no text overlaps another or is outside')
      t.strictSame(await page.evaluate(colors), ['rgb(255, 255, 255)', 'rgb(27, 31, 36)'])
      t.equal(await page.evaluate('document.images.length'), 0)
      await page.screenshot({ path: join(dir, 'light.png') as `${string}.png`, fullPage: true })
      await prefer(page, 'dark')
      t.strictSame(await page.evaluate(colors), ['rgb(20, 23, 26)', 'rgb(232, 234, 237)'])
      await page.screenshot({ path: join(dir, 'dark.png') as `${string}.png`, fullPage: true })
      await page.setViewport({ width: 390, height: 800 })
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        'the page does not scroll sideways on a phone',
      )
      t.strictSame(
        requests.filter((request) => request !== url && !request.startsWith('data:')),
        [],
        'nothing is loaded',
      )
      t.strictSame(problems, [])
    })
  })

  t.test(`Chromium shows the SVG files of the report "${name}" in light and dark`, { skip }, async (t) => {
    const svgs = (await writeReport(result, t.testdir())).filter((path) => path.endsWith('.svg'))
    t.ok(svgs.length > 0)
    await withPage(900, 700, async (page) => {
      for (const path of svgs) {
        await prefer(page, 'dark')
        await page.goto(pathToFileURL(path).href)
        t.equal(await page.evaluate('document.documentElement.localName'), 'svg', 'the file is valid XML')
        const ink = 'getComputedStyle(document.querySelector("text")).fill'
        t.equal(await page.evaluate(ink), 'rgb(232, 234, 237)', 'dark')
        await prefer(page, 'light')
        t.equal(await page.evaluate(ink), 'rgb(27, 31, 36)', 'light')
      }
    })
  })
}
