export { RemoteKernel } from './client.js';
export { type OpenedKernel, type OpenOptions, openKernel, type StatefulKernel } from './open.js';
export { KernelServer, type ServeOptions } from './server.js';
