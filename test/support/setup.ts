import { afterEach, beforeEach, expect, vi } from 'vitest';

/** A test that prints is a test that hides something: any console call fails it. */
const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const;

beforeEach(() => {
  for (const method of METHODS) vi.spyOn(console, method);
});

afterEach(() => {
  for (const method of METHODS) {
    const spy = vi.mocked(console[method]);
    const calls = spy.mock?.calls ?? [];
    spy.mockRestore();
    expect(calls, `console.${method} was called in a test`).toEqual([]);
  }
});
