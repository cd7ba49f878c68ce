import { fileURLToPath } from 'node:url'
import { canRun } from './command.ts'

export const ranklog: string = fileURLToPath(new URL('../../packages/ranklog/bin/ranklog.js', import.meta.url))
const rivals = fileURLToPath(new URL('../src/merge-rivals.py', import.meta.url))
const python = process.env.BENCH_PYTHON
const naive = fileURLToPath(new URL('./merge-naive.js', import.meta.url))

const merge = `"${process.execPath}" "${ranklog}" merge`

/** The command of each tool, for bash. `"$@"` are the input files, and `$OUT` is the output. */
export const mergeTools: Record<string, string> = {
  cat: 'cat "$@" > "$OUT"',
  'dd bs=256k': 'for file; do dd if="$file" bs=256k status=none || exit; done > "$OUT"',
  'ranklog merge': `${merge} "$@" -o "$OUT"`,
  'ranklog merge --dedup': `${merge} --dedup "$@" -o "$OUT"`,
  'sort -m, lexical': 'LC_ALL=C sort -m -s -t : -k 3,3 "$@" -o "$OUT"',
  'sort -m, numeric': 'LC_ALL=C sort -m -s -t : -k 3,3n "$@" -o "$OUT"',
  hl: 'hl --raw --sort "$@" --output "$OUT"',
  duckdb: `"${python}" "${rivals}" duckdb "$OUT" "$@"`,
  polars: `"${python}" "${rivals}" polars "$OUT" "$@"`,
  chdb: `"${python}" "${rivals}" chdb "$OUT" "$@"`,
  'readline, JSON.parse': `"${process.execPath}" "${naive}" "$OUT" "$@"`,
}

/** Returns the optional tools that are installed. */
export function mergeRivals(): string[] {
  return [
    ...(canRun('hl', '--version') ? ['hl'] : []),
    ...['duckdb', 'polars', 'chdb'].filter((name) => python && canRun(python, '-c', `import ${name}`)),
  ]
}
