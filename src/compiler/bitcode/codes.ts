/** Block ids of LLVM bitcode. Record codes stand beside the code that reads them. */
export const BLOCK = {
  module: 8,
  attributeLists: 9,
  attributeGroups: 10,
  constants: 11,
  function: 12,
  identification: 13,
  valueSymbols: 14,
  metadata: 15,
  metadataAttachment: 16,
  types: 17,
  useList: 18,
  operandBundleTags: 21,
  metadataKinds: 22,
  stringTable: 23,
  symbolTable: 25,
  syncScopes: 26,
} as const;
