import type { CountTimes, IsSorted, PlaceLines, SumBins } from './kernel.ts'

interface JsSort {
  countTimes: CountTimes
  sumBins: SumBins
  placeLines: PlaceLines
  isSorted: IsSorted
}

/** Returns the functions of assembly/sort.ts in JavaScript. */
export function jsSort({ buffer, byteOffset, length }: Buffer): JsSort {
  const numbers = new Uint32Array(buffer, byteOffset, length >> 2)
  const floats = new Float64Array(buffer, byteOffset, length >> 3)
  const shorts = new Uint16Array(buffer, byteOffset, length >> 1)
  const binOf = (time: number, earliest: number, perWidth: number) => ((time - earliest) * perWidth) | 0
  return {
    countTimes(times, count, earliest, perWidth, bins) {
      for (let line = 0; line < count; line++) {
        const bin = (bins >> 2) + binOf(floats[(times >> 3) + line] as number, earliest, perWidth) + 1
        numbers[bin] = (numbers[bin] as number) + 1
      }
    },
    sumBins(bins, count) {
      for (let bin = (bins >> 2) + 1; bin <= (bins >> 2) + count; bin++)
        numbers[bin] = (numbers[bin] as number) + (numbers[bin - 1] as number)
    },
    placeLines(times, ends, count, start, source, earliest, perWidth, bins, from, to, planTimes, sources) {
      let end = start
      for (let line = 0; line < count; line++) {
        const time = floats[(times >> 3) + line] as number
        const bin = (bins >> 2) + binOf(time, earliest, perWidth)
        const place = numbers[bin] as number
        numbers[bin] = place + 1
        numbers[(from >> 2) + place] = end
        end = numbers[(ends >> 2) + line] as number
        numbers[(to >> 2) + place] = end
        floats[(planTimes >> 3) + place] = time
        shorts[(sources >> 1) + place] = source
      }
      return end
    },
    isSorted(times, count) {
      for (let at = (times >> 3) + 1; at < (times >> 3) + count; at++)
        if ((floats[at - 1] as number) > (floats[at] as number)) return false
      return true
    },
  }
}
