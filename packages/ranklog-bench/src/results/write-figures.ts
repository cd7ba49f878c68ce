import { writeFileSync } from 'node:fs'
import type { Result } from './result.ts'

/** Significant digits of a figure in the file. No clock is more exact. */
const digits = 6

/** Writes a result as JSON, with one line for each cell. Returns the path. */
export function writeFigures(path: string, result: Result): string {
  const { cells, ...rest } = result
  const head = JSON.stringify(rest, short, 1).slice(0, -2)
  const rows = cells.map((cell) => JSON.stringify(cell, short)).join(',\n')
  writeFileSync(path, `${head},\n "cells": [\n${rows}\n ]\n}\n`)
  return path
}

function short(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(digits)) : value
}
