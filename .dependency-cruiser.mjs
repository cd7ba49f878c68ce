import { readdirSync } from 'node:fs'

// The import rules of the source files. Rooms are the folders below `src`; see CONTRIBUTING.md.

/** The rooms of each package, from the lowest floor up. Rooms on one floor do not import each other. */
const rooms = {
  'pino-rank': [['errors'], ['process'], ['rank', 'record'], ['paths', 'gate'], ['sink'], ['logger']],
  'pino-rank-lines': [['system'], ['lines', 'spool']],
  'pino-rank-file': [['append', 'rotation', 'run-directory'], ['line-file']],
  'pino-rank-merge': [['kernel'], ['order'], ['decorate'], ['dedup']],
  'pino-rank-metrics': [['binary', 'record'], ['run'], ['sink']],
  'pino-rank-stdout': [['collector'], ['client']],
  'ranklog-bench': [['stats', 'terminal'], ['results'], ['disks', 'ranks'], ['report', 'suite'], ['options']],
  ranklog: [['cli'], ['files'], ['terminal'], ['commands', 'run']],
}

const foundation = [
  ['pino-rank'],
  ['pino-rank-lines', 'pino-rank-merge'],
  ['pino-rank-file', 'pino-rank-stdout', 'pino-rank-metrics'],
]
const top = ['ranklog', 'ranklog-bench']

/** The packages that nothing but `top` imports: sinks. A new package is one of them until it is named above. */
const sinks = readdirSync(new URL('packages', import.meta.url)).filter(
  (name) => !foundation.flat().includes(name) && !top.includes(name),
)

/** Packages from the lowest floor up. */
const floors = [...foundation, sinks, top]

/** What a package uses of pino or Node although it is undocumented: below all rooms. */
const internals = '/src/(pino|pino-worker|node)-internals[.]ts$'

const tests = '[.]test(-kit)?[.](ts|js|d[.]ts)$'

/** Everything on the same floor, except itself, and on higher floors. */
function notBelow(levels, level, own) {
  return [...levels[level].filter((name) => name !== own), ...levels.slice(level + 1).flat()]
}

function each(levels, rule) {
  return levels.flatMap((names, level) =>
    names.flatMap((name) => {
      const others = notBelow(levels, level, name)
      return others.length > 0 ? [rule(name, others.join('|'))] : []
    }),
  )
}

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'Files that import each other, directly or not, are one concept: move what both need into a file below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-inside-of-another-room',
      comment: 'Import another room by its index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/([^/]+)/', pathNot: tests },
      to: { path: '^packages/$1/src/[^/]+/', pathNot: ['^packages/$1/src/$2/', '/src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'no-inside-of-a-room',
      comment: 'Import a room by its index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/[^/]+$', pathNot: tests },
      to: { path: '^packages/$1/src/[^/]+/', pathNot: '/src/[^/]+/index[.]ts$' },
    },
    {
      name: 'no-test-in-production',
      comment: 'What only a test needs stands in the test, or in a test kit beside it.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-process-in-unit-test',
      comment:
        'A test that starts processes stands in test/src and uses its kit, which removes what tap and launchers put into the environment.',
      severity: 'error',
      from: { path: `^packages/.*${tests}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'internals-below-all',
      comment: 'What is private of pino or Node imports nothing of their package.',
      severity: 'error',
      from: { path: internals },
      to: { path: '^packages/' },
    },
    ...Object.entries(rooms).flatMap(([name, levels]) =>
      each(levels, (room, others) => ({
        name: `${name}: ${room}`,
        comment: 'Rooms import downwards only.',
        severity: 'error',
        from: { path: `^packages/${name}/src/${room}/`, pathNot: tests },
        to: { path: [`^packages/${name}/src/(${others})/`, `^packages/${name}/src/[^/]+$`], pathNot: internals },
      })),
    ),
    {
      name: 'pino-rank-merge: only pino-rank/record',
      comment:
        'A merge reads records of any logger: it needs their times and nothing else of pino-rank. Before a build the entry is a name.',
      severity: 'error',
      from: { path: '^packages/pino-rank-merge/src/', pathNot: tests },
      to: { path: '^(packages/|node_modules/)?pino-rank(/|$)', pathNot: '(^pino-rank/record|/dist/record[.]d[.]ts)$' },
    },
    ...each(floors, (name, others) => ({
      name: `package ${name}`,
      comment: 'Packages import downwards only.',
      severity: 'error',
      from: { path: `^packages/${name}/src/`, pathNot: tests },
      to: { path: `^(packages/|node_modules/)?(${others})(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
