import { describe, expect, it } from 'vitest';
import { ATTACH_TYPES, attachTypeByName } from './attach-types.js';
import { PROGRAM_TYPES, programTypeById, programTypeByName } from './program-types.js';
import { HOOKS, hookByName } from './registry.js';

describe('the tables of program and attach types', () => {
  it('are indexed by Linux’s numbers', () => {
    expect(PROGRAM_TYPES.map(({ id }) => id)).toEqual(PROGRAM_TYPES.map((_, index) => index));
    expect(ATTACH_TYPES.map(({ id }) => id)).toEqual(ATTACH_TYPES.map((_, index) => index));
  });

  it('agree with the hooks about numbers and names', () => {
    for (const hook of HOOKS) {
      expect(programTypeByName(hook.name)).toMatchObject({ id: hook.id, since: hook.since });
      expect(hookByName(hook.name)).toBe(hook);
    }
  });

  it('know every attach type that a section rule names', () => {
    const named = HOOKS.flatMap(({ sections }) => sections).flatMap(({ attachType }) => attachType ?? []);
    for (const name of named) expect(attachTypeByName(name), name).toBeDefined();
  });

  it('find attach types by bpftool’s shorter words and nothing by unknown ones', () => {
    expect(attachTypeByName('connect4')?.name).toBe('cgroup_inet4_connect');
    expect(attachTypeByName('connect5')).toBeUndefined();
    expect(programTypeById(33)).toBeUndefined();
  });
});

describe('the context of a hook', () => {
  it('lists its fields in order, none over another or past the end', () => {
    for (const { ctx } of HOOKS) {
      let end = 0;
      for (const field of typeof ctx.fields === 'string' ? [] : ctx.fields) {
        expect(field.offset, field.name).toBeGreaterThanOrEqual(end);
        end = field.offset + field.size;
      }
      expect(end).toBeLessThanOrEqual(ctx.size);
    }
  });
});
