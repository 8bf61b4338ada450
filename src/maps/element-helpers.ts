/** Helpers for what the kernel keeps in a value: a timer, a pointer to an object. */
const FIELD_HELPERS = [
  'bpf_timer_init',
  'bpf_timer_set_callback',
  'bpf_timer_start',
  'bpf_timer_cancel',
  'bpf_kptr_xchg',
] as const;

/** Helpers for maps whose lookup yields a pointer to the value. */
export const ELEMENT_HELPERS = [
  'bpf_map_lookup_elem',
  'bpf_map_update_elem',
  'bpf_map_delete_elem',
  'bpf_for_each_map_elem',
  ...FIELD_HELPERS,
] as const;

export const PERCPU_ELEMENT_HELPERS = [...ELEMENT_HELPERS, 'bpf_map_lookup_percpu_elem'] as const;

/** Helpers for maps without keys. */
export const QUEUE_HELPERS = ['bpf_map_push_elem', 'bpf_map_pop_elem', 'bpf_map_peek_elem'] as const;
