import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from 'puppeteer-core'

/** Where pictures for the READMEs go. */
export const pictures: string = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The path of a browser; undefined: there is none. */
export function browser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** A picture of a page, or of one element of it, once `shown` is there; the page is 1200 × 800. */
export async function picture(url: string, file: string, shown: string, element: string = shown): Promise<void> {
  const chromium = await launch({
    executablePath: browser() as string,
    args: ['--no-sandbox', '--hide-scrollbars'],
    defaultViewport: { width: 1200, height: 800 },
  })
  try {
    const page = await chromium.newPage()
    await page.goto(url)
    await page.waitForSelector(shown, { visible: true })
    await (await page.$(element))?.screenshot({ path: file as `${string}.png` })
  } finally {
    await chromium.close()
  }
}
