/** Grows down; what a helper takes of it lies below all frames of the program. */
@external("env", "stack_pointer")
export declare let stackPointer: usize;
