import fc from 'fast-check'
import t from 'tap'
import { addFile, isAmongBest, noFiles } from './best-files.ts'

const scores = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.NaN), fc.constant(Number.NEGATIVE_INFINITY)),
)

t.test('the kept files are the k best finite scores; of equal scores the earlier ones', async () => {
  fc.assert(
    fc.property(scores, fc.integer({ min: -1, max: 4 }), fc.constantFrom('min', 'max'), (values, saveTopK, mode) => {
      const options = { mode, saveTopK }
      let files = noFiles
      for (const [index, score] of values.entries())
        if (isAmongBest(files, score, options)) files = addFile(files, { path: `${index}`, score }, options)
      const order = values
        .flatMap((score, index) => (Number.isFinite(score) ? [{ path: `${index}`, score }] : []))
        .sort((a, b) => (mode === 'min' ? a.score - b.score : b.score - a.score))
        .slice(0, saveTopK === -1 ? undefined : saveTopK)
      const same =
        JSON.stringify(Object.keys(files.bestKModels).sort()) === JSON.stringify(order.map(({ path }) => path).sort())
      return same && files.bestModelPath === order[0]?.path && files.bestModelScore === order[0]?.score
    }),
  )
})
