export { SkepError } from './errors/base.js';
