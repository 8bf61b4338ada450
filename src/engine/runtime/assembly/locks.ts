// struct bpf_spin_lock: a word in a map's value or an object.
import { acquire, release } from './cpu';

export function spin_lock(lock: usize): void { acquire(lock); }
export function spin_unlock(lock: usize): void { release(lock); }
