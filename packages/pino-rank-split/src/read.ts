/** For readers of manifests. Loads no code that writes. */
export { type Manifest, readManifest, readManifests } from './read-manifests.ts'
