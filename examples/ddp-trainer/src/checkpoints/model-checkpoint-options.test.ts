import t from 'tap'
import { checkpointName, checkTemplate } from './checkpoint-name.ts'
import { ModelCheckpoint } from './model-checkpoint.ts'
import type { ModelCheckpointOptions } from './model-checkpoint-options.ts'

const names: [template: string, name: string, options?: object][] = [
  ['{epoch}-{step}', 'epoch=3-step=120'],
  ['{epoch:03d}', 'epoch=003'],
  ['{epoch:2d}', 'epoch=03'],
  ['model-{val_loss:.2f}', 'model-val_loss=0.25'],
  ['{val_loss}', 'val_loss=0.254'],
  ['{val/loss:.1f}', 'val_loss=0.5'],
  ['{epoch}-{val/loss:.1f}', '3-0.5', { autoInsertMetricName: false }],
  ['plain', 'plain'],
]
for (const [template, name, options] of names)
  t.test(`the template ${template} gives ${name}`, async (t) => {
    checkTemplate(template)
    t.equal(checkpointName(template, { epoch: 3, step: 120, val_loss: 0.254, 'val/loss': 0.54 }, options), name)
  })

const wrong: [options: Partial<ModelCheckpointOptions> | object, message: string][] = [
  [{ folder: 3 }, 'folder must be a path, or a function that returns one, not 3'],
  [{ monitor: '' }, "monitor must be the name of a metric, not ''"],
  [{ mode: 'auto' }, "mode must be 'min' or 'max', not 'auto'"],
  [{ saveTopK: -2 }, 'saveTopK must be -1 or a whole number >= 0, not -2'],
  [{ saveTopK: 2 }, 'saveTopK is 2, but there is no monitor; set monitor to a metric'],
  [{ saveLast: false }, 'saveTopK is 0 and saveLast is false, so nothing is saved; change one of them'],
  [{ everyNEpochs: 1.5 }, 'everyNEpochs must be a whole number >= 1, not 1.5'],
  [{ everyNTrainSteps: 0 }, 'everyNTrainSteps must be a whole number >= 1, not 0'],
  [
    { everyNEpochs: 1, everyNTrainSteps: 1 },
    'everyNEpochs and everyNTrainSteps exclude each other; remove one of the two',
  ],
  [{ filename: 'a/{epoch}' }, "filename must be the name of a file without a folder, not 'a/{epoch}'"],
  [{ filename: '' }, "filename must be the name of a file without a folder, not ''"],
  [{ filename: '{}' }, "filename '{}' has a field without a name: {}"],
  [{ filename: '{epoch' }, "filename '{epoch' has a brace that is not part of a field such as {epoch}"],
  [{ filename: '{loss:.3g}' }, "filename '{loss:.3g}' has the format '.3g' in {loss:.3g}; use for example .2f or 03d"],
  [{ filename: 'last' }, "filename must not be 'last', because saveLast writes last.ckpt"],
]
for (const [options, message] of wrong)
  t.test(`${JSON.stringify(options)} is rejected`, async (t) => {
    const make = () => new ModelCheckpoint({ folder: 'a', ...options } as ModelCheckpointOptions)
    t.throws(make, new RangeError(`ModelCheckpoint: ${message}`))
  })
