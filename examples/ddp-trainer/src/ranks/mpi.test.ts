import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { temporary } from '../kit/temporary.ts'
import { openMpiChannel } from './mpi.ts'
import { initializeMpi } from './mpi-library.ts'

// The interop tests run the ranks under mpirun.

t.test('ranks that mpirun did not start get an error that says how to start them', async (t) => {
  const info = { rank: 0, worldSize: 2, launcher: 'torchrun' }
  await t.rejects(openMpiChannel(info, {}), /the launcher is torchrun\. Start the script with mpirun, or set DDP_MPI_/)
})

t.test('without koffi the error has the command that installs it', async (t) => {
  const from = pathToFileURL(join(temporary(t), 'app.js')).href
  await t.rejects(initializeMpi('openmpi', undefined, from), /koffi, which is not installed: npm install koffi@3$/)
})

t.test('if the library cannot be loaded, the error has the reason and the variable to set', async (t) => {
  const path = join(temporary(t), 'libmpi.so')
  const info = { rank: 0, worldSize: 2, launcher: 'openmpi' }
  await t.rejects(
    openMpiChannel(info, { DDP_MPI_LIBRARY: path }),
    new RegExp(`the MPI library cannot be loaded \\(.*${path}.*\\)\\. Set DDP_MPI_LIBRARY to the path`),
  )
})
