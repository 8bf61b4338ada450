/** What a kernel has, whoever answers. */
export interface Support {
  /** Parameters of the running system by bpftool's names, a number or undefined when unknown; {} in the engine. */
  readonly parameters: Readonly<Record<string, number | undefined>>;
  /** CONFIG_… to its value, undefined when it is not set. */
  config(name: string): string | undefined;
  hasProgramType(name: string): boolean;
  hasMapType(name: string): boolean;
  /** Ids of helpers. */
  helpers(programType: string): readonly number[];
  readonly hasLargePrograms: boolean;
  readonly hasBoundedLoops: boolean;
  readonly hasIsaV2: boolean;
  readonly hasIsaV3: boolean;
}
