import t from 'tap'
import { DigitClassifier, defaults, type Model } from './digit-classifier.ts'
import { digitLoaders } from './digits.ts'
import { Trainer } from './index.ts'
import { quietOptions } from './kit/quiet-options.ts'

const sizes: Record<Model, number[][]> = {
  mlp: [[784, 128], [128], [128, 10], [10]], // biome-ignore format: shapes
  cnn: [[3, 3, 1, 16], [16], [3, 3, 16, 32], [32], [7 * 7 * 32, 10], [10]], // biome-ignore format: shapes
}

for (const model of Object.keys(sizes) as Model[]) {
  t.test(`the model ${model} learns in a few steps`, async (t) => {
    const { train, validation } = digitLoaders(64)
    const module = new DigitClassifier(defaults[model])
    const trainer = new Trainer({ ...quietOptions, accelerator: 'wasm', maxSteps: 50, limitValBatches: 1 })
    const [{ val_loss: before = 0 } = {}] = await trainer.validate(module, validation)
    t.strictSame(
      module.parameters().map(({ shape }) => shape),
      sizes[model],
    )
    await trainer.fit(module, train)
    const [{ val_loss: after = 0 } = {}] = await trainer.validate(module, validation)
    t.ok(after < (2 / 3) * before, `the loss is ${before} before and ${after} after`)
  })
}
