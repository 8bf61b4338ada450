export * from './alloc';
export * from './array';
export * from './hash';
export * from './dispatch';
export * from './task';
export * from './run';
export * from './replay';
