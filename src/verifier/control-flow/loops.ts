import { type Shape, successors } from './shape.js';

interface Visit {
  readonly index: number;
  readonly next: number[];
  at: number;
}

/**
 * Numbers the loops of a program: its strongly connected components of more than one instruction or with an edge to
 * itself (Tarjan, without recursion). Calls are not followed. 0 means that an instruction is in no loop.
 */
export function findLoops(shape: Pick<Shape, 'operations' | 'insns'>): Uint16Array {
  const { length } = shape.insns;
  const loopOf = new Uint16Array(length);
  const order = new Int32Array(length).fill(-1);
  const low = new Int32Array(length);
  const onStack = new Uint8Array(length);
  const stack: number[] = [];
  let counter = 0;
  let loops = 0;
  for (let root = 0; root < length; root++) {
    if (order[root] !== -1 || shape.operations[root] === undefined) continue;
    const visits: Visit[] = [enter(root)];
    while (visits.length > 0) {
      const visit = visits[visits.length - 1] as Visit;
      const next = visit.next[visit.at++];
      if (next === undefined) leave(visit, visits);
      else if (order[next] === -1) visits.push(enter(next));
      else if (onStack[next] === 1)
        low[visit.index] = Math.min(low[visit.index] as number, order[next] as number);
    }
  }
  return loopOf;

  function enter(index: number): Visit {
    order[index] = counter;
    low[index] = counter++;
    stack.push(index);
    onStack[index] = 1;
    return { index, next: successors(shape, index), at: 0 };
  }

  function leave(visit: Visit, visits: Visit[]): void {
    visits.pop();
    const { index, next } = visit;
    const parent = visits[visits.length - 1]?.index;
    if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[index] as number);
    if (low[index] !== order[index]) return;
    const isLoop = stack[stack.length - 1] !== index || next.includes(index);
    if (isLoop) loops++;
    for (;;) {
      const member = stack.pop() as number;
      onStack[member] = 0;
      if (isLoop) loopOf[member] = loops;
      if (member === index) return;
    }
  }
}
