/** For readers of manifests: loads nothing of what writes logs. */
export { type Manifest, readManifest, readManifests } from './read-manifests.ts'
