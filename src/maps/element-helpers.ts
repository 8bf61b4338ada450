/** Helpers for maps whose lookup yields a pointer to the value. */
export const ELEMENT_HELPERS = [
  'bpf_map_lookup_elem',
  'bpf_map_update_elem',
  'bpf_map_delete_elem',
  'bpf_for_each_map_elem',
] as const;

export const PERCPU_ELEMENT_HELPERS = [...ELEMENT_HELPERS, 'bpf_map_lookup_percpu_elem'] as const;

/** Helpers for maps without keys. */
export const QUEUE_HELPERS = ['bpf_map_push_elem', 'bpf_map_pop_elem', 'bpf_map_peek_elem'] as const;
