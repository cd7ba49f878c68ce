import t from 'tap'
import { DataLoader, EarlyStopping, ModelCheckpoint, ReduceOnPlateau, Trainer } from '../index.ts'
import { text } from './known-options.ts'

const dataset = { length: 4, batch: () => [] as never }

const cases: [what: string, create: () => unknown, message: string | RegExp][] = [
  [
    'maxEpoch',
    () => new Trainer({ maxEpoch: 3 } as never),
    'Trainer: there is no option maxEpoch; did you mean maxEpochs?',
  ],
  [
    'max_epochs',
    () => new Trainer({ max_epochs: 3 } as never),
    'Trainer: there is no option max_epochs; did you mean maxEpochs?',
  ],
  [
    'precision',
    () => new Trainer({ precision: 16 } as never),
    /^Trainer: there is no option precision; the options are accelerator, devices, /,
  ],
  ['no object', () => new Trainer(3 as never), 'Trainer: the options must be an object, not 3'],
  [
    "devices: '2'",
    () => new Trainer({ devices: '2' as never }),
    "Trainer: devices must be a whole number >= 1, not '2'",
  ],
  [
    'callbacks without an array',
    () => new Trainer({ callbacks: new EarlyStopping({ monitor: 'loss' }) as never }),
    /^Trainer: callbacks must be an array of callbacks, not EarlyStopping/,
  ],
  [
    'logger: true',
    () => new Trainer({ logger: true as never }),
    'Trainer: logger must be a logger, an array of loggers, a function that returns them, or false, not true',
  ],
  [
    "detectAnomaly: 'yes'",
    () => new Trainer({ detectAnomaly: 'yes' as never }),
    "Trainer: detectAnomaly must be true or false, not 'yes'",
  ],
  [
    "gradientClipVal: '1'",
    () => new Trainer({ gradientClipVal: '1' as never }),
    "Trainer: gradientClipVal must be a number > 0, not '1'",
  ],
  [
    'batch_size',
    () => new DataLoader(dataset, { batch_size: 4 } as never),
    'DataLoader: there is no option batch_size; did you mean batchSize?',
  ],
  [
    'numWorkers',
    () => new DataLoader(dataset, { batchSize: 4, numWorkers: 2 } as never),
    /^DataLoader: there is no option numWorkers; the options are batchSize, /,
  ],
  [
    "batchSize: '16'",
    () => new DataLoader(dataset, { batchSize: '16' as never }),
    "DataLoader: batchSize must be a whole number >= 1, not '16'",
  ],
  [
    'saveTopk',
    () => new ModelCheckpoint({ folder: 'a', saveTopk: 2 } as never),
    'ModelCheckpoint: there is no option saveTopk; did you mean saveTopK?',
  ],
  [
    'dirpath',
    () => new ModelCheckpoint({ dirpath: 'a' } as never),
    /^ModelCheckpoint: there is no option dirpath; the options are folder, /,
  ],
  [
    'minDeltas',
    () => new EarlyStopping({ monitor: 'loss', minDeltas: 2 } as never),
    'EarlyStopping: there is no option minDeltas; did you mean minDelta?',
  ],
  [
    'factors',
    () => new ReduceOnPlateau({ monitor: 'loss', factors: 2 } as never),
    'ReduceOnPlateau: there is no option factors; did you mean factor?',
  ],
]
for (const [what, create, message] of cases)
  t.test(`${what} is rejected by the constructor`, async (t) => {
    t.throws(create, { message })
  })

t.test('a task rejects an option that does not exist, and data without a DataLoader', async (t) => {
  const trainer = new Trainer({ logger: false })
  const loader = new DataLoader(dataset, { batchSize: 4 })
  await t.rejects(trainer.fit({} as never, loader, [], { ckpt_path: 'a' } as never), {
    message: 'Trainer.fit: there is no option ckpt_path; did you mean ckptPath?',
  })
  await t.rejects(trainer.fit({} as never, dataset as never), {
    message: /^Trainer\.fit: the data must be a DataLoader, not \{/,
  })
})

t.test('a wrong value as text', async (t) => {
  t.strictSame([3, '3', undefined, [1]].map(text), ['3', "'3'", 'undefined', '[ 1 ]'])
})
