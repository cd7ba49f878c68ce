// Writes pino-rank's sink-table.ts from the field `rankSink` of each package.json. `npm run build` runs it before `tsc -b`. With
// `--check`, which `npm run lint` uses, it writes nothing and fails if that file is stale.
//
// The table cannot be made from the code of the sinks, because pino-rank is built before them. So each package.json repeats the
// declaration in the package's rank.ts, and known-sinks.test.ts compares the two.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const file = 'packages/pino-rank/src/sink/sink-table.ts'

function declarationOf(name) {
  if (!existsSync(`packages/${name}/package.json`))
    throw new Error(
      `packages/${name} has no package.json. If it has only build output of another branch, remove the folder`,
    )
  const { rankSink } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'))
  if (!rankSink && existsSync(`packages/${name}/src/rank.ts`))
    throw new Error(
      `${name}: rank.ts declares a sink: add the same declaration to package.json as "rankSink": { "ranks", "others" }`,
    )
  return rankSink
}

const rows = readdirSync('packages').flatMap((name) => {
  const declaration = declarationOf(name)
  if (!declaration) return []
  const text = (value) => JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ')
  const fields = Object.entries(declaration).map(([key, value]) => `    ${key}: ${text(value)},\n`)
  return [`  '${name}': {\n${fields.join('')}  },\n`]
})

const table = `import type { SinkDeclaration } from './declaration.ts'

/** What each of our packages declares as a sink. Made by \`npm run build\` from \`rankSink\` of their package.json: do not edit. */
export const sinkTable: Readonly<Record<string, SinkDeclaration>> = {
${rows.join('')}}
`

if (!existsSync(file) || readFileSync(file, 'utf8') !== table) {
  if (process.argv.includes('--check')) throw new Error(`${file} is stale: run npm run build`)
  writeFileSync(file, table)
}
