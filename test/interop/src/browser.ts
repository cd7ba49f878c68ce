import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, type Page } from 'puppeteer-core'

/** The folder of the pictures for the READMEs. */
export const pictures: string = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Returns the path of a browser, or undefined if none is installed. */
export function browser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Opens an empty page of this size in pixels, and closes the browser after `use`. */
export async function withPage<Value>(
  width: number,
  height: number,
  use: (page: Page) => Promise<Value>,
): Promise<Value> {
  const chromium = await launch({
    executablePath: browser() as string,
    args: ['--no-sandbox', '--hide-scrollbars'],
    defaultViewport: { width, height },
  })
  try {
    return await use(await chromium.newPage())
  } finally {
    await chromium.close()
  }
}

/** Writes a picture of an element of a page once the element `shown` is visible. The page is 1200 × 800. */
export async function picture(url: string, file: string, shown: string, element: string = shown): Promise<void> {
  await withPage(1200, 800, async (page) => {
    await page.goto(url)
    await page.waitForSelector(shown, { visible: true })
    await (await page.$(element))?.screenshot({ path: file as `${string}.png` })
  })
}
