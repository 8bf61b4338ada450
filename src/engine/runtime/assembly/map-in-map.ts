// What a program gets from a map of maps: the address of the inner map.
import { array_lookup } from './array';
import { hash_lookup } from './hash';

@inline function inside(slot: usize): usize { return slot ? <usize>load<u32>(slot) : 0; }

export function array_of_maps_lookup(map: usize, key: usize): usize { return inside(array_lookup(map, key)); }
export function hash_of_maps_lookup(map: usize, key: usize): usize { return inside(hash_lookup(map, key)); }
