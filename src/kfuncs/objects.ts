import { kfunc } from './kfunc.js';

/** Objects that programs allocate, and the lists and trees that they put them into. */
export const objects = [
  kfunc('bpf_obj_new_impl', '6.2', 'Allocates a struct of the program.', 'acquire', 'ret_null'),
  kfunc('bpf_obj_drop_impl', '6.2', 'Frees it.', 'release'),
  kfunc('bpf_percpu_obj_new_impl', '6.7', 'Allocates one for each CPU.', 'acquire', 'ret_null'),
  kfunc('bpf_percpu_obj_drop_impl', '6.7', 'Frees them.', 'release'),
  kfunc('bpf_refcount_acquire_impl', '6.4', 'Holds an object once more.', 'acquire', 'ret_null', 'rcu'),
  kfunc('bpf_list_push_front_impl', '6.2', 'Puts an object at the front of a list.'),
  kfunc('bpf_list_push_back_impl', '6.2', 'Puts an object at the end of a list.'),
  kfunc('bpf_list_pop_front', '6.2', 'Takes the first object out.', 'acquire', 'ret_null'),
  kfunc('bpf_list_pop_back', '6.2', 'Takes the last object out.', 'acquire', 'ret_null'),
  kfunc('bpf_list_front', '6.16', 'The first object, left where it is.', 'ret_null'),
  kfunc('bpf_list_back', '6.16', 'The last object, left where it is.', 'ret_null'),
  kfunc('bpf_rbtree_remove', '6.3', 'Takes an object out of a tree.', 'acquire', 'ret_null'),
  kfunc('bpf_rbtree_add_impl', '6.3', 'Puts an object into a tree, in the order that a function tells.'),
  kfunc('bpf_rbtree_first', '6.3', 'The first object of a tree, left where it is.', 'ret_null'),
  kfunc('bpf_rbtree_root', '6.16', 'The object at its root.', 'ret_null'),
  kfunc('bpf_rbtree_left', '6.16', 'The object to the left of another.', 'ret_null'),
  kfunc('bpf_rbtree_right', '6.16', 'The object to the right of another.', 'ret_null'),
];
