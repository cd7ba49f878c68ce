/** A case of programs/feature.ts, and the lines that programs/app-target.ts gets from it on rank 0 and on rank 1. */
export interface Feature {
  name: string
  rank0: string[]
  rank1: string[]
  /** True if setGate replaces the worker of a target: the lines of both may come in any order. @default false */
  isInAnyOrder?: boolean
}

export const features: Feature[] = [
  { name: 'lone', rank0: ['30 0 i', '50 0 e'], rank1: ['50 1 e'] },
  {
    name: 'several',
    rank0: ['a 30 0 i', 'a 50 0 e', 'b 30 0 i', 'b 50 0 e'],
    rank1: ['a 50 1 e', 'b 30 1 i', 'b 50 1 e'],
  },
  { name: 'numbers', rank0: ['a 50 0 e', 'b 20 0 d', 'b 50 0 e'], rank1: ['b 20 1 d', 'b 50 1 e'] },
  { name: 'customLevels', rank0: ['30 0 i', '50 0 e', '55 0 a'], rank1: ['55 1 a'] },
  { name: 'onlyCustomLevels', rank0: ['1 0 lo', '2 0 hi'], rank1: ['2 1 hi'] },
  { name: 'dedupe', rank0: ['a 50 0 e', 'b 60 0 f'], rank1: ['a 50 1 e', 'b 60 1 f'] },
  { name: 'pipeline', rank0: ['p 50 0 e'], rank1: ['p 50 1 e'] },
  { name: 'labels', rank0: ['error 0 e'], rank1: ['error 1 e'] },
  { name: 'onExit', rank0: ['50 0 e'], rank1: ['50 1 e'] },
  { name: 'chdir', rank0: ['50 0 e'], rank1: ['50 1 e'] },
  {
    name: 'options',
    rank0: ['50 0 [x] e {"c":1,"secret":"[Redacted]","user":4}'],
    rank1: ['50 1 [x] e {"c":1,"secret":"[Redacted]","user":4}'],
  },
  { name: 'flush', rank0: ['50 0 e', '50 0 flushed'], rank1: ['50 1 e', '50 1 flushed'] },
  { name: 'fatal', rank0: ['60 0 f'], rank1: ['60 1 f'] },
  { name: 'childLevel', rank0: ['50 0 e {"c":1}', '20 0 d {"c":1}'], rank1: ['50 1 e {"c":1}'] },
  { name: 'silent', rank0: [], rank1: [] },
  {
    name: 'setGate',
    rank0: ['20 0 d', '30 0 i {"c":1}', '50 0 e'],
    rank1: ['20 1 d', '30 1 i {"c":1}', '50 1 e'],
  },
  {
    name: 'setGateSeveral',
    isInAnyOrder: true,
    rank0: ['a 50 0 e', 'b 50 0 e', 'a 30 0 i', 'b 30 0 i', 'a 30 0 n', 'b 30 0 n'],
    rank1: ['a 50 1 e', 'b 50 1 e', 'a 30 1 i', 'b 30 1 i', 'b 30 1 n'],
  },
  { name: 'setGateLabels', rank0: ['info 0 i'], rank1: ['info 1 i'] },
  { name: 'setGateOnExit', rank0: ['30 0 i'], rank1: ['30 1 i'] },
  {
    name: 'gateSignal',
    rank0: ['30 0 opened {"c":1}', '30 0 opened {"c":2}', '30 0 gated {"c":1}', '30 0 gated {"c":2}'],
    rank1: ['30 1 opened {"c":1}', '30 1 opened {"c":2}'],
  },
  { name: 'gateSignalEnds', rank0: ['50 0 e'], rank1: ['50 1 e'] },
]
