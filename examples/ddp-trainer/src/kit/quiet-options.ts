import type { TrainerOptions } from '../trainer/trainer-options.ts'

/** Options of a trainer that neither logs nor shows anything. */
export const quietOptions: TrainerOptions = { logger: false, logEveryNSteps: 0, progressBar: 'none' }
